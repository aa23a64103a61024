/** Creates or adopts the streams of a mesh, within the limits of server and account. */
import { ServerTooOldError } from '../transport-errors.ts';
import { type AccountInfo, type AccountRoom, checkRoom, readAccount, roomOf } from './account.ts';
import type { JetStreamApi } from './api.ts';
import { ensureStream, findStream, makeStream, type StreamInfo, updateStream } from './ensure-stream.ts';
import { olderThan, type ServerVersion } from './server-version.ts';
import { storePlans } from './store-plans.ts';
import { bytesOf, type StreamSize, scaleOf, scales, scaleWithin, totalBytes } from './stream-sizes.ts';
import type { Making, StreamPlan } from './streams.ts';

/** Before this version replicas can diverge under `discard_new_per_subject` (nats-server #7607, #7608). */
const oldestWithReplicas: ServerVersion = [2, 14];

export interface MeshServer {
  readonly mesh: string;
  readonly version: string;
  /** `undefined`: as many as the mesh has, or 1. */
  readonly replicas: number | undefined;
}

export interface MeshStreams {
  readonly making: Making;
  readonly room: AccountRoom;
  readonly plans: readonly StreamPlan[];
}

/** The state of server and account before any stream is created. */
export interface FoundMesh {
  readonly mesh: string;
  readonly account: AccountInfo;
  /** The stream that is created first; `undefined`: the mesh is new. */
  readonly state: StreamInfo | undefined;
  readonly making: Making;
  readonly room: AccountRoom;
}

/** Reads that state; changes nothing. @throws ServerTooOldError, NoJetStreamError, TransportUnavailableError */
export async function findMesh(api: JetStreamApi, { mesh, version, replicas }: MeshServer): Promise<FoundMesh> {
  const account = await readAccount(api);
  const [{ config }] = storePlans(mesh, unbounded);
  const state = await findStream(api, config.name);
  const copies = replicas ?? Number(state?.config.num_replicas ?? 1);
  checkReplicas(version, copies);
  const room = roomOf(account, copies);
  const making: Making = {
    replicas: copies,
    replicasOption: replicas === undefined ? undefined : 'replicas',
    scale: 1,
    maxStreamBytes: room.streamBytes,
    maxConsumers: room.consumers,
  };
  return { mesh, account, state, making, room };
}

const unbounded: Making = {
  replicas: 1,
  replicasOption: undefined,
  scale: 1,
  maxStreamBytes: undefined,
  maxConsumers: undefined,
};

/** @throws ServerTooOldError */
export function checkReplicas(version: string, replicas: number): void {
  if (replicas <= 1 || !olderThan(version, oldestWithReplicas)) return;
  throw new ServerTooOldError(
    version,
    oldestWithReplicas.join('.'),
    `its replicas of a bounded stream can differ for ever (nats-server #7607), and ${replicas} are asked for`,
  );
}

/** @throws StreamConflictError, StorageQuotaError, AccountLimitError, StreamRefusedError, TransportUnavailableError */
export async function makeMesh(api: JetStreamApi, found: FoundMesh): Promise<MeshStreams> {
  const { mesh, room } = found;
  if (found.state === undefined) await makeFirst(api, found);
  const scale = await settledScale(api, found);
  const making: Making = { ...found.making, scale };
  const plans = storePlans(mesh, making);
  await Promise.all(plans.map((plan) => ensureStream(api, plan, true)));
  return { making, room, plans };
}

/**
 * Creates the first stream with the bytes of the whole mesh, to learn whether they are free: only the server knows the free space
 * of its disk. Of nodes that start at once, the one that creates it decides for all.
 */
async function makeFirst(api: JetStreamApi, { mesh, making, room }: FoundMesh): Promise<void> {
  checkRoom(room, storePlans(mesh, making).length + 1);
  const most = room.storeBytes === undefined ? undefined : scaleWithin(room.storeBytes, room.streamBytes);
  const tried = scales.filter((scale) => scale <= (most ?? 1));
  const [plan] = storePlans(mesh, making);
  const sizes = tried.map((scale) => firstBytes(plan.size, scale, room.streamBytes));
  await makeStream(api, plan.config, sizes);
}

/** An account with a bound for each stream refuses the bytes of the whole mesh in one. */
const firstBytes = (size: StreamSize, scale: number, most: number | undefined): number =>
  most === undefined ? totalBytes(scale) : bytesOf(size, scale, most);

/** Gives back the bytes that the first stream took for the others, also after an interrupted start. */
async function settledScale(api: JetStreamApi, { mesh, making }: FoundMesh): Promise<number> {
  const [plan] = storePlans(mesh, making);
  const state = await findStream(api, plan.config.name);
  const bytes = Number(state?.config.max_bytes ?? -1);
  const whole = scales.find((scale) => totalBytes(scale) === bytes);
  if (state === undefined || whole === undefined) return scaleOf(plan.size, bytes);
  await updateStream(api, state.config, { max_bytes: bytesOf(plan.size, whole) });
  return whole;
}
