/** The streams of a mesh (README, "Streams"): the settings that each is made with, and those that it cannot do without. */
import {
  actsBucket,
  agentStatePrefix,
  allKeys,
  archivePrefix,
  archiveStream,
  bucketPrefix,
  bucketStream,
  confirmationPrefix,
  deadPrefix,
  deadStream,
  decisionPrefix,
  decisionStream,
  escalationPrefix,
  escalationStream,
  handledPrefix,
  handledStream,
  knowledgePrefix,
  knowledgeStream,
  mailboxStream,
  meshBucket,
  ownerPrefix,
  poolSubjects,
  recordPattern,
  registryBucket,
  requestsBucket,
  secretBucket,
  sharedBucket,
  stateStream,
  workingBucket,
} from '../../core/subjects.ts';
import type { PoolOption, PoolSettings } from '../transport.ts';
import { bytesOf, type SizedStream } from './stream-sizes.ts';

/** The part of a stream's configuration that Parley sets (docs.nats.io, "Streams"); durations in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly [setting: string]: unknown;
}

/** How a stream is to be. */
export interface StreamPlan {
  readonly size: SizedStream;
  /** What it is made with. */
  readonly config: StreamConfig;
  /** Settings that it must have, whoever made or edited it; every other one is the operator's. */
  readonly needs: Readonly<Record<string, unknown>>;
  /** Settings that an option asked for, by the option's name. */
  readonly given: Readonly<Record<string, string>>;
}

/** What a mesh's streams are made with. */
export interface Making {
  readonly replicas: number;
  /** The option that asked for `replicas`; `undefined`: what is there is taken. */
  readonly replicasOption: string | undefined;
  /** Fraction of the full sizes. */
  readonly scale: number;
  /** Of the account. */
  readonly maxStreamBytes: number | undefined;
  readonly maxConsumers: number | undefined;
}

/** A stream that takes part in anything: it answers publishes, and neither loses nor invents messages. */
const sound = { sealed: false, no_ack: false, mirror: null } as const;

/** Explicit, because 2.15 caps an unset one at 1,000 consumers per stream. Far above a pool's partitions. */
const maxConsumers = 10_000;

/** The default of a server's `max_payload`: on one that allows more a single message must still fit into a pull. */
export const maxMessageBytes: number = 1024 * 1024;

const nanoseconds = (ms: number): number => ms * 1_000_000;
const dayNs = nanoseconds(24 * 3_600_000);

/** A pool's mailboxes: a work queue whose lanes the server bounds. Rollup and marker headers stay off: one would empty a lane. */
export function mailboxPlan(mesh: string, pool: PoolSettings, making: Making): StreamPlan {
  const given = new Set(pool.given ?? ['laneCapacity', 'maxBytes', 'replicas', 'dedupeWindowMs']);
  const asked = (setting: PoolOption, name: string): object =>
    given.has(setting) ? { [name]: poolOptions[setting] } : {};
  return {
    size: 'pool',
    config: {
      name: mailboxStream(mesh, pool.pool),
      subjects: [poolSubjects(mesh, pool.pool)],
      retention: 'workqueue',
      storage: 'file',
      discard: 'new',
      discard_new_per_subject: true,
      max_msgs_per_subject: pool.laneCapacity,
      max_bytes: given.has('maxBytes') ? pool.maxBytes : bytesOf('pool', making.scale, making.maxStreamBytes),
      max_msg_size: maxMessageBytes,
      max_consumers: consumersOf(making),
      duplicate_window: nanoseconds(pool.dedupeWindowMs),
      num_replicas: given.has('replicas') ? pool.replicas : making.replicas,
      allow_direct: true,
    },
    needs: {
      ...sound,
      sources: null,
      retention: 'workqueue',
      discard: 'new',
      discard_new_per_subject: true,
      max_age: 0,
      allow_rollup_hdrs: false,
      subject_delete_marker_ttl: 0,
    },
    given: {
      ...asked('laneCapacity', 'max_msgs_per_subject'),
      ...asked('maxBytes', 'max_bytes'),
      ...asked('replicas', 'num_replicas'),
      ...asked('dedupeWindowMs', 'duplicate_window'),
    },
  };
}

/** As a node names them. */
const poolOptions: Readonly<Record<PoolOption, string>> = {
  laneCapacity: 'limits.laneCapacity',
  maxBytes: 'limits.storeBytes',
  replicas: 'limits.replicas',
  dedupeWindowMs: 'limits.sendDeadlineMs',
};

/** A mesh's own streams, the one that tells whether the mesh is new first. */
export function meshPlans(mesh: string, making: Making): readonly [StreamPlan, ...StreamPlan[]] {
  const plan = (size: SizedStream, config: StreamConfig, needs: object = {}): StreamPlan => ({
    size,
    config: {
      allow_direct: true,
      ...config,
      storage: 'file',
      max_bytes: bytesOf(size, making.scale, making.maxStreamBytes),
      max_consumers: consumersOf(making),
      num_replicas: making.replicas,
    },
    needs: { ...sound, retention: 'limits', ...needs },
    given: making.replicasOption === undefined ? {} : { num_replicas: making.replicasOption },
  });
  const forEver = { max_age: 0 };
  return [
    // the last value per subject: partition ownership and its confirmation, and agent state
    plan('state', lastValues(stateStream(mesh), statePrefixes(mesh)), forEver),
    plan('constants', { ...bucket(meshBucket(mesh)), deny_delete: true }, forEver),
    plan('archive', log(archiveStream(mesh), archivePrefix(mesh))),
    // a subject costs the server 414 bytes of memory (measured): at most 40 MB
    plan('handled', {
      ...log(handledStream(mesh), handledPrefix(mesh)),
      max_msgs: 100_000,
      max_msgs_per_subject: 1,
      duplicate_window: nanoseconds(1_000),
    }),
    plan('dead', log(deadStream(mesh), deadPrefix(mesh))),
    plan('escalations', log(escalationStream(mesh), escalationPrefix(mesh))),
    plan('decisions', log(decisionStream(mesh), decisionPrefix(mesh))),
    // an index is built from the first to the last: nothing is dropped
    plan('knowledge', { ...log(knowledgeStream(mesh), knowledgePrefix(mesh)), discard: 'new', max_age: 0 }),
    // none is forgotten before its time: another act would be done in its place
    plan('acts', { ...bucket(actsBucket(mesh)), max_age: 7 * dayNs }),
    plan('shared', bucket(sharedBucket(mesh))),
    plan('working', { ...bucket(workingBucket(mesh)), discard: 'old', max_age: dayNs }),
    plan('secret', secret(secretBucket(mesh)), {
      ...forEver,
      deny_delete: true,
      deny_purge: true,
      allow_direct: false,
    }),
    plan('registry', bucket(registryBucket(mesh))),
    plan('requests', { ...bucket(requestsBucket(mesh)), discard: 'old', max_age: dayNs }),
  ];
}

const statePrefixes = (mesh: string): readonly string[] => [
  agentStatePrefix(mesh),
  ownerPrefix(mesh),
  confirmationPrefix(mesh),
];

const consumersOf = ({ maxConsumers: most }: Making): number =>
  most === undefined ? maxConsumers : Math.min(maxConsumers, most);

/** Records that are kept by age and bytes: the newest, as many as fit. */
const log = (name: string, prefix: string): StreamConfig => ({
  name,
  subjects: [recordPattern(prefix, allKeys)],
  retention: 'limits',
  discard: 'old',
  max_age: 30 * dayNs,
  duplicate_window: nanoseconds(120_000),
});

/** A full one refuses what is new; a value that is no larger than the one before it is still taken. */
const lastValues = (name: string, prefixes: readonly string[]): StreamConfig => ({
  name,
  subjects: prefixes.map((prefix) => recordPattern(prefix, allKeys)),
  retention: 'limits',
  discard: 'new',
  max_msgs_per_subject: 1,
});

/** Nothing is deleted from it, and it is read by one subject alone, which permissions can refuse. */
const secret = (name: string): StreamConfig => ({
  ...lastValues(bucketStream(name), [bucketPrefix(name)]),
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
  allow_direct: false,
});

/** A bucket that every NATS key-value client reads (ADR-8). */
const bucket = (name: string): StreamConfig => ({
  ...lastValues(bucketStream(name), [bucketPrefix(name)]),
  deny_delete: false,
  allow_rollup_hdrs: true,
});
