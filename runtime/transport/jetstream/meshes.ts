/** Finds the meshes of an account by the names of their streams; creates nothing. */
import { bucketPlace, stateStream } from '../../core/store-places.ts';
import { bucketNames } from '../../core/stores.ts';
import { NoMeshError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';

/** Whoever may not list streams waits no longer for an answer that does not come. */
const listMs = 2_000;
const mostPages = 16;

interface NamesPage {
  readonly total: number;
  readonly streams: readonly string[] | null;
}

/** Returns the names, sorted; a server that does not answer in time, or not to this user, has none that are known. */
export async function knownMeshes(api: JetStreamApi): Promise<readonly string[]> {
  try {
    return meshesIn(await streamNames(api));
  } catch {
    return [];
  }
}

/** Picks out the meshes: each has a stream of its state, and one of a bucket at least. Pure. */
export function meshesIn(streams: readonly string[]): readonly string[] {
  const there = new Set(streams);
  const suffix = stateStream('x').slice(1);
  return streams
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length).toLowerCase())
    .filter((mesh) => /^[a-z]\w*$/.test(mesh) && there.has(stateStream(mesh)) && hasBucket(mesh, there))
    .sort();
}

const hasBucket = (mesh: string, streams: ReadonlySet<string>): boolean =>
  bucketNames
    .map((name) => bucketPlace(mesh, name).stream)
    .some((stream) => stream !== stateStream(mesh) && streams.has(stream));

/**
 * Checks that the mesh exists, where this user may ask for that.
 * @param where the server, for people
 * @throws NoMeshError
 */
export async function expectMesh(api: JetStreamApi, mesh: string, where: string): Promise<void> {
  try {
    await api.request(apiSubject('STREAM.INFO', stateStream(mesh)), {}, listMs);
  } catch (error) {
    const isGone = error instanceof ApiRefusal && error.errCode === errCode.streamNotFound;
    if (isGone) throw new NoMeshError(mesh, where, await knownMeshes(api));
  }
}

async function streamNames(api: JetStreamApi): Promise<readonly string[]> {
  const names: string[] = [];
  for (let page = 0; page < mostPages; page++) {
    const { total, streams } = await api.request<NamesPage>(
      apiSubject('STREAM.NAMES'),
      { offset: names.length },
      listMs,
    );
    for (const name of streams ?? []) names.push(name);
    if (streams === null || streams.length === 0 || names.length >= total) break;
  }
  return names;
}
