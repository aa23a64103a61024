/** The streams of a mesh (DESIGN of each: README, "Streams"), made idempotently. */
import {
  agentStatePrefix,
  allKeys,
  archivePrefix,
  archiveStream,
  bucketPrefix,
  bucketStream,
  deadPrefix,
  deadStream,
  decisionPrefix,
  decisionStream,
  escalationPrefix,
  escalationStream,
  knowledgePrefix,
  knowledgeStream,
  mailboxStream,
  meshBucket,
  ownerPrefix,
  poolSubjects,
  recordPattern,
  registryBucket,
  requestsBucket,
  sharedBucket,
  stateStream,
  workingBucket,
} from '../../core/subjects.ts';
import type { PoolSettings } from '../transport.ts';
import { StorageQuotaError, StreamConflictError, StreamRefusedError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';

/** The part of a stream's configuration that Parley sets (docs.nats.io, "Streams"); durations in nanoseconds. */
interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly [setting: string]: unknown;
}

/** What must be the same for two nodes to share a stream. */
const decisive = ['subjects', 'retention', 'max_msgs_per_subject', 'discard', 'discard_new_per_subject'] as const;

/** Explicit, because 2.15 caps an unset one at 1,000 consumers per stream. Far above a pool's partitions. */
const maxConsumers = 10_000;

/** The default of a server's `max_payload`: on one that allows more a single message must still fit into a pull. */
export const maxMessageBytes: number = 1024 * 1024;

const nanoseconds = (ms: number): number => ms * 1_000_000;

/** A pool's mailboxes: a work queue whose lanes the server bounds. Rollup and marker headers stay off: one would empty a lane. */
export function mailboxConfig(mesh: string, pool: PoolSettings): StreamConfig {
  return {
    name: mailboxStream(mesh, pool.pool),
    subjects: [poolSubjects(mesh, pool.pool)],
    retention: 'workqueue',
    storage: 'file',
    discard: 'new',
    discard_new_per_subject: true,
    max_msgs_per_subject: pool.laneCapacity,
    max_bytes: pool.maxBytes,
    max_msg_size: maxMessageBytes,
    max_consumers: maxConsumers,
    duplicate_window: nanoseconds(pool.dedupeWindowMs),
    num_replicas: pool.replicas,
    allow_direct: true,
  };
}

/** Last value per subject: partition ownership, and agent state. */
export function stateConfig(mesh: string, replicas: number): StreamConfig {
  return {
    name: stateStream(mesh),
    subjects: [recordPattern(agentStatePrefix(mesh), allKeys), recordPattern(ownerPrefix(mesh), allKeys)],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_msgs_per_subject: 1,
    max_consumers: maxConsumers,
    num_replicas: replicas,
    allow_direct: true,
  };
}

/** Dead letters, kept by age and bytes. */
export const deadConfig = (mesh: string, replicas: number): StreamConfig =>
  logConfig(deadStream(mesh), deadPrefix(mesh), 256, replicas);

/** Calls for a human. */
export const escalationsConfig = (mesh: string, replicas: number): StreamConfig =>
  logConfig(escalationStream(mesh), escalationPrefix(mesh), 16, replicas);

/** What policy decided. */
export const decisionsConfig = (mesh: string, replicas: number): StreamConfig =>
  logConfig(decisionStream(mesh), decisionPrefix(mesh), 256, replicas);

/** Changes of the semantic memory: an index is built from the first to the last, so nothing is let go. */
export const knowledgeConfig = (mesh: string, replicas: number): StreamConfig => {
  const { max_age: _forEver, ...config } = logConfig(knowledgeStream(mesh), knowledgePrefix(mesh), 1024, replicas);
  return { ...config, discard: 'new' };
};

/** Finished intents: the newest, as many as fit. */
export const archiveConfig = (mesh: string, replicas: number): StreamConfig =>
  logConfig(archiveStream(mesh), archivePrefix(mesh), 256, replicas);

function logConfig(name: string, prefix: string, mebibytes: number, replicas: number): StreamConfig {
  return {
    name,
    subjects: [recordPattern(prefix, allKeys)],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_bytes: mebibytes * 1024 ** 2,
    max_age: nanoseconds(30 * 24 * 3_600_000),
    max_consumers: maxConsumers,
    duplicate_window: nanoseconds(120_000),
    num_replicas: replicas,
    allow_direct: true,
  };
}

/** The mesh's constants. */
export const constantsConfig = (mesh: string, replicas: number): StreamConfig =>
  bucketConfig(meshBucket(mesh), true, replicas);

/** Kinds, and the nodes that serve them. */
export const registryConfig = (mesh: string, replicas: number): StreamConfig =>
  bucketConfig(registryBucket(mesh), false, replicas);

/** Requests with a key, for a day. */
export const requestsConfig = (mesh: string, replicas: number): StreamConfig => ({
  ...bucketConfig(requestsBucket(mesh), false, replicas),
  discard: 'old',
  max_bytes: 64 * 1024 ** 2,
  max_age: nanoseconds(24 * 3_600_000),
});

/** What agents share. */
export const sharedConfig = (mesh: string, replicas: number): StreamConfig =>
  bucketConfig(sharedBucket(mesh), false, replicas);

/** Short-term context. */
export const workingConfig = (mesh: string, replicas: number): StreamConfig => ({
  ...bucketConfig(workingBucket(mesh), false, replicas),
  discard: 'old',
  max_bytes: 256 * 1024 ** 2,
  max_age: nanoseconds(24 * 3_600_000),
});

/** A bucket that every NATS key-value client reads (ADR-8). */
function bucketConfig(bucket: string, keep: boolean, replicas: number): StreamConfig {
  return {
    name: bucketStream(bucket),
    subjects: [recordPattern(bucketPrefix(bucket), allKeys)],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    max_msgs_per_subject: 1,
    deny_delete: keep,
    allow_rollup_hdrs: true,
    num_replicas: replicas,
    allow_direct: true,
  };
}

/**
 * Makes the stream, or finds that it is there with the same decisive settings.
 * @throws StreamConflictError, StorageQuotaError, StreamRefusedError
 */
export async function ensureStream(api: JetStreamApi, config: StreamConfig): Promise<void> {
  try {
    await api.request(apiSubject('STREAM.CREATE', config.name), config);
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    if (outOfStorage.has(error.errCode)) throw new StorageQuotaError(config.name, Number(config.max_bytes), error);
    if (error.errCode !== errCode.streamNameInUse) throw new StreamRefusedError(config.name, error);
    await compareStream(api, config);
  }
}

const outOfStorage: ReadonlySet<number> = new Set([errCode.insufficientStorage, errCode.storageLimit]);

async function compareStream(api: JetStreamApi, config: StreamConfig): Promise<void> {
  const info = await api.request<{ config: StreamConfig }>(apiSubject('STREAM.INFO', config.name), {});
  for (const setting of decisive) {
    const [wanted, found] = [JSON.stringify(config[setting] ?? false), JSON.stringify(info.config[setting] ?? false)];
    if (wanted !== found) throw new StreamConflictError(config.name, `"${setting}" is ${found}, wanted ${wanted}`);
  }
}
