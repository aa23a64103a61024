/** How a stream is to be: the settings that it is made with, and those that it cannot do without. A pool's mailboxes are such a one. */
import { mailboxStream, poolSubjects } from '../../core/subjects.ts';
import type { PoolOption, PoolSettings } from '../pool.ts';
import { bytesOf, poolSize, type StreamSize } from './stream-sizes.ts';

/** The part of a stream's configuration that Parley sets (docs.nats.io, "Streams"); durations in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly [setting: string]: unknown;
}

/** How a stream is to be. */
export interface StreamPlan {
  readonly size: StreamSize;
  /** What it is made with. */
  readonly config: StreamConfig;
  /** Settings that it must have, also when an operator made or edited it; every other one is the operator's. */
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
export const soundStream = { sealed: false, no_ack: false, mirror: null } as const;

/** Explicit, because 2.15 caps an unset one at 1,000 consumers per stream. Far above a pool's partitions. */
const maxConsumers = 10_000;

/** The default of a server's `max_payload`: on one that allows more a single message must still fit into a pull. */
export const maxMessageBytes: number = 1024 * 1024;

export const nanoseconds = (ms: number): number => ms * 1_000_000;

/** What an account allows of them. */
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

/** As a node names them. */
const poolOptions: Readonly<Record<PoolOption, string>> = {
  laneCapacity: 'limits.laneCapacity',
  maxBytes: 'limits.storeBytes',
  replicas: 'limits.replicas',
  dedupeWindowMs: 'limits.sendDeadlineMs',
};
