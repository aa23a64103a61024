/** Inspects a server for `parley doctor`: reads everything, creates nothing. */
import { systemClock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { checkMesh } from '../../core/ids.ts';
import { allMailboxSubjects, mailboxStream } from '../../core/subjects.ts';
import { StreamConflictError } from '../transport-errors.ts';
import { checkConsumers, checkRoom, roomOf } from './account.ts';
import { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { openConnection } from './connection.ts';
import { type ConnectionSettings, withoutSecrets } from './connection-settings.ts';
import { conflictsOf, findStream } from './ensure-stream.ts';
import { type FoundMesh, findMesh } from './mesh-streams.ts';
import { knownMeshes } from './meshes.ts';
import { storePlans } from './store-plans.ts';
import { mailboxPlan, type StreamPlan } from './streams.ts';

export interface MeshInspection {
  /** `nats-server 2.15.1 at nats://127.0.0.1:4222`. */
  readonly server: string;
  /** True when none of the mesh's streams exists. */
  readonly isNew: boolean;
  /** The meshes that are there, as far as this user may list streams; asked only for a new one. */
  readonly meshes: readonly string[];
  /** Obstacles to a mesh on this server, each a sentence. */
  readonly faults: readonly string[];
}

/** @param partitions of the pool that a new mesh would get. @throws TransportUnavailableError, AccessRefusedError, NoJetStreamError */
export async function inspectMesh(
  settings: ConnectionSettings & { readonly mesh: string },
  partitions: number,
): Promise<MeshInspection> {
  const mesh = checkMesh(settings.mesh);
  const connection = await openConnection(settings, { mesh });
  try {
    const version = connection.info?.version ?? '0';
    const api = new JetStreamApi(connection, systemClock);
    const found = await findMesh(api, { mesh, version, replicas: undefined });
    return {
      server: `nats-server ${version} at ${withoutSecrets(settings.url)}`,
      isNew: found.state === undefined,
      meshes: found.state === undefined ? await knownMeshes(api) : [mesh],
      faults: await faultsOf(api, found, partitions),
    };
  } finally {
    await connection.close();
  }
}

async function faultsOf(api: JetStreamApi, found: FoundMesh, partitions: number): Promise<readonly string[]> {
  const plans = storePlans(found.mesh, found.making);
  const room = roomOf(found.account, found.making.replicas);
  if (found.state === undefined) {
    return [
      sentenceOf(() => checkRoom(room, plans.length + 1)),
      sentenceOf(() => checkConsumers(room, partitions)),
    ].flat();
  }
  const faults: string[] = [];
  for (const plan of [...plans, ...(await poolPlans(api, found))]) {
    const { name } = plan.config;
    const stream = await findStream(api, name);
    const conflicts = stream === undefined ? [] : conflictsOf(plan, stream.config);
    for (const conflict of conflicts) faults.push(new StreamConflictError(name, conflict).message);
  }
  return faults;
}

/** Plans the streams of all pools, only with the settings that mailboxes cannot work without. */
async function poolPlans(api: JetStreamApi, { mesh, making }: FoundMesh): Promise<readonly StreamPlan[]> {
  const subject = allMailboxSubjects(mesh);
  const { streams } = await api.request<{ streams: readonly string[] | null }>(apiSubject('STREAM.NAMES'), { subject });
  const prefix = mailboxStream(mesh, 'x').slice(0, -1);
  const pools = (streams ?? []).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return pools.map((name) => mailboxPlan(mesh, { ...anyPool, pool: name.toLowerCase() }, making));
}

const anyPool = { partitions: 1, laneCapacity: 1, maxBytes: 1, replicas: 1, dedupeWindowMs: 1, given: [] } as const;

function sentenceOf(check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ParleyError) return [error.message];
    throw error;
  }
}
