/** Connects a mesh to nats-server 2.12 or newer. */
import { type Clock, systemClock } from '../../core/clock.ts';
import { checkMesh } from '../../core/ids.ts';
import { checkClock, checkFunction, checkOptions, choiceOf, namesOf } from '../../core/options.ts';
import { LazyTransport } from '../lazy/lazy-transport.ts';
import type { Transport } from '../transport.ts';
import { NoMeshError } from '../transport-errors.ts';
import { JetStreamApi } from './api.ts';
import { openConnection } from './connection.ts';
import { ConnectionProblems } from './connection-problems.ts';
import { type ConnectionSettings, checkConnection, connectionNames, withoutSecrets } from './connection-settings.ts';
import { JetStreamTransport } from './jetstream-transport.ts';
import { type FoundMesh, findMesh, type MeshStreams, makeMesh } from './mesh-streams.ts';
import { knownMeshes } from './meshes.ts';

export interface JetStreamSettings extends Omit<ConnectionSettings, 'name'> {
  readonly mesh: string;
  readonly name?: string;
  /**
   * Replicas of the mesh's own streams: 1, or 3 on a cluster. A pool's are in its settings. Omit it to use the existing number;
   * a new mesh gets 1.
   */
  readonly replicas?: number;
  readonly clock?: Clock;
  /**
   * The behaviour when the server is unreachable: `fail` (default) rejects, `wait` returns a transport that connects in the
   * background, for a service that must start without it. A permanent fault (a wrong password, an old server, a full disk,
   * different settings) ends the wait: from then on every call rejects with it.
   */
  readonly whenUnavailable?: 'fail' | 'wait';
  /**
   * The behaviour when the server has no mesh of this name: `make` (default) makes its streams, `fail` rejects with a NoMeshError.
   * With `fail` no stream is ever made or changed, for a program that only looks, or sends.
   */
  readonly whenNoMesh?: 'make' | 'fail';
  /** Called with each new reason for waiting, and each new problem of the connection; by default they go to standard error. */
  readonly say?: (line: string) => void;
}

const settingNames = new Set([
  ...connectionNames,
  ...namesOf<Omit<JetStreamSettings, keyof ConnectionSettings>>({
    mesh: true,
    replicas: true,
    clock: true,
    whenUnavailable: true,
    whenNoMesh: true,
    say: true,
  }),
]);

/**
 * Connects, refuses servers that are too old or have no JetStream, and makes the mesh's own streams.
 * @throws InvalidOptionError, InvalidIdError, ServiceUrlError, TransportUnavailableError, ServerTooOldError, NoJetStreamError, StreamConflictError,
 * NoMeshError
 */
export async function connectJetStream(settings: JetStreamSettings): Promise<Transport> {
  checkOptions('connectJetStream', settings, settingNames);
  const mesh = checkMesh(settings.mesh);
  checkConnection(settings);
  checkClock(settings.clock);
  checkFunction('say', settings.say);
  const whenUnavailable = choiceOf('whenUnavailable', settings.whenUnavailable, ['fail', 'wait']);
  choiceOf('whenNoMesh', settings.whenNoMesh, ['make', 'fail']);
  const clock = settings.clock ?? systemClock;
  const say = settings.say ?? sayOnStandardError;
  const connect = (): Promise<Transport> => connectNow(settings, mesh, clock, say);
  if (whenUnavailable === 'fail') return connect();
  return new LazyTransport({ mesh, name: `nats-server at ${withoutSecrets(settings.url)}`, clock, say, connect });
}

const sayOnStandardError = (line: string): void => void process.stderr.write(`parley: ${line}\n`);

async function connectNow(
  settings: JetStreamSettings,
  mesh: string,
  clock: Clock,
  say: (line: string) => void,
): Promise<Transport> {
  const problems = new ConnectionProblems(clock, say);
  const where = withoutSecrets(settings.url);
  const named = { ...settings, name: settings.name ?? `parley ${mesh}` };
  const connection = await openConnection(named, { mesh, problems });
  try {
    const api = new JetStreamApi(connection, clock);
    const version = connection.info?.version ?? '0';
    const found = await findMesh(api, { mesh, version, replicas: settings.replicas });
    const streams = settings.whenNoMesh === 'fail' ? await adoptMesh(api, found, where) : await makeMesh(api, found);
    return new JetStreamTransport({ connection, api, clock, mesh, problems, streams, settings: named });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Uses what is there: without plans no stream is made again when it is gone. @throws NoMeshError */
async function adoptMesh(api: JetStreamApi, found: FoundMesh, where: string): Promise<MeshStreams> {
  const { mesh, making, room, state } = found;
  if (state === undefined) throw new NoMeshError(mesh, where, await knownMeshes(api));
  return { making, room, plans: [] };
}
