/** The plan of a stream: its settings at creation, with those that it cannot work without. Includes the plan of a pool's mailboxes. */
import { mailboxStream, poolSubjects } from '../../core/subjects.ts';
import type { PoolOption, PoolSettings } from '../pool.ts';
import { bytesOf, poolSize, type StreamSize } from './stream-sizes.ts';

/** The part of a stream's configuration that Parley sets (docs.nats.io, "Streams"); durations in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly [setting: string]: unknown;
}

/** The plan of a stream. */
export interface StreamPlan {
  readonly size: StreamSize;
  /** The settings at its creation. */
  readonly config: StreamConfig;
  /** Required settings, also after an operator created or edited it; every other one is the operator's. */
  readonly needs: Readonly<Record<string, unknown>>;
  /** Settings that an option asked for, by the option's name. */
  readonly given: Readonly<Record<string, string>>;
}

/** The common settings of a mesh's streams. */
export interface Making {
  readonly replicas: number;
  /** The option that asked for `replicas`; `undefined`: the existing number is used. */
  readonly replicasOption: string | undefined;
  /** Fraction of the full sizes. */
  readonly scale: number;
  /** The account's limit. */
  readonly maxStreamBytes: number | undefined;
  readonly maxConsumers: number | undefined;
}

/** The settings of every usable stream: it answers publishes, and neither loses nor invents messages. */
export const soundStream = { sealed: false, no_ack: false, mirror: null } as const;

/** Explicit, because 2.15 caps an unset one at 1,000 consumers per stream. Far above a pool's partitions. */
const maxConsumers = 10_000;

/** The default of a server's `max_payload`: on a server that allows more, a single message must still fit into a pull. */
export const maxMessageBytes: number = 1024 * 1024;

export const nanoseconds = (ms: number): number => ms * 1_000_000;

/** Returns the number of consumers that the account allows. */
export const consumersOf = ({ maxConsumers: most }: Making): number =>
  most === undefined ? maxConsumers : Math.min(maxConsumers, most);

/** A pool's mailboxes: a work queue whose lanes the server bounds. Rollup and marker headers stay off: one would empty a lane. */
export function mailboxPlan(mesh: string, pool: PoolSettings, making: Making): StreamPlan {
  const given = new Set(pool.given ?? ['laneCapacity', 'maxBytes', 'replicas', 'dedupeWindowMs']);
  const asked = (setting: PoolOption, name: string): object =>
    given.has(setting) ? { [name]: poolOptions[setting] } : {};
  return {
    size: poolSize,
    config: {
      name: mailboxStream(mesh, pool.pool),
      subjects: [poolSubjects(mesh, pool.pool)],
      retention: 'workqueue',
      storage: 'file',
      discard: 'new',
      discard_new_per_subject: true,
      max_msgs_per_subject: pool.laneCapacity,
      max_bytes: given.has('maxBytes') ? pool.maxBytes : bytesOf(poolSize, making.scale, making.maxStreamBytes),
      max_msg_size: maxMessageBytes,
      max_consumers: consumersOf(making),
      duplicate_window: nanoseconds(pool.dedupeWindowMs),
      num_replicas: given.has('replicas') ? pool.replicas : making.replicas,
      allow_direct: true,
    },
    needs: {
      ...soundStream,
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

/** The names of a pool's settings in the options of a node. */
const poolOptions: Readonly<Record<PoolOption, string>> = {
  laneCapacity: 'limits.laneCapacity',
  maxBytes: 'limits.storeBytes',
  replicas: 'limits.replicas',
  dedupeWindowMs: 'limits.sendDeadlineMs',
};
