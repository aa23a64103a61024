/** Creates, measures or reads the streams of a mesh's pools. */
import { type Clock, fromIso } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { mailboxStream } from '../../core/subjects.ts';
import type { PoolSettings, Pools, PoolUsage, StrayPartition } from '../pool.ts';
import type { PropagatedHeaders } from '../propagated-headers.ts';
import { checkConsumers } from './account.ts';
import type { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { ensureStream } from './ensure-stream.ts';
import { askLeader, fetchLane } from './fetch.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { checkReplicas, type MeshStreams } from './mesh-streams.ts';
import { findStrays } from './strays.ts';
import type { StreamKeeper } from './stream-keeper.ts';
import { mailboxPlan } from './streams.ts';

interface PoolInfo {
  readonly config: { readonly max_bytes: number };
  readonly state: { readonly bytes: number; readonly messages: number };
  /** When the stream's leader wrote this, RFC 3339. */
  readonly ts: string;
}

/** Short: the question is asked every second, and a late answer is useless. */
const usageMs = 2_000;

export interface PoolParts {
  readonly connection: GuardedConnection;
  readonly api: JetStreamApi;
  readonly clock: Clock;
  readonly mesh: string;
  readonly streams: MeshStreams;
  readonly keeper: StreamKeeper;
  readonly propagated: PropagatedHeaders;
}

export class PoolStreams implements Pools {
  readonly #parts: PoolParts;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  async ensure(pool: PoolSettings): Promise<void> {
    const { api, connection, keeper, mesh } = this.#parts;
    const { making, room } = this.#parts.streams;
    const plan = mailboxPlan(mesh, pool, making);
    checkReplicas(connection.info?.version ?? '0', Number(plan.config.num_replicas));
    checkConsumers(room, pool.partitions);
    const mayShrink = pool.given?.includes('maxBytes') === false;
    await ensureStream(api, plan, mayShrink);
    keeper.keep({ plan, mayShrink });
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    const { api, propagated, clock, connection, mesh } = this.#parts;
    return fetchLane(connection, api, clock, { stream: mailboxStream(mesh, pool), subject, seqs }, propagated);
  }

  async find(pool: string, seq: number): Promise<StoredMessage | undefined> {
    return askLeader(this.#parts.api, mailboxStream(this.#parts.mesh, pool), seq);
  }

  async usage(pool: string): Promise<PoolUsage> {
    const { config, state, ts } = await this.#info(pool, usageMs);
    return {
      messages: state.messages,
      bytes: state.bytes,
      maxBytes: config.max_bytes,
      time: fromIso(ts) ?? Number.NaN,
    };
  }

  async strays(pool: string, partitions: number): Promise<readonly StrayPartition[]> {
    return findStrays(this.#parts.api, this.#parts.mesh, pool, partitions);
  }

  async backlog(pool: string): Promise<number> {
    return (await this.#info(pool)).state.messages;
  }

  #info(pool: string, deadlineMs?: number): Promise<PoolInfo> {
    const { api, mesh } = this.#parts;
    return api.request<PoolInfo>(apiSubject('STREAM.INFO', mailboxStream(mesh, pool)), {}, deadlineMs);
  }
}
