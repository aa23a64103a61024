/** A node's heartbeats to the other nodes of its pool: from the main loop, beside those of a thread with its own connection. */
import type { Logger } from '../core/logger.ts';
import { heartbeatSubject } from '../core/subjects.ts';
import type { Heartbeat, Transport } from '../transport/index.ts';
import { type Beat, type NodeState, readBeat } from './membership.ts';

export interface PoolHeartbeatParts {
  readonly transport: Pick<Transport, 'signals' | 'heartbeat' | 'isConnected'>;
  readonly log: Logger;
  readonly mesh: string;
  readonly pool: string;
  readonly node: string;
  /** Age of the main loop's contact with the store, milliseconds. */
  readonly contactAgeMs: () => number;
  /** Called with the heartbeat of another node. */
  readonly heard: (beat: Beat) => void;
}

export class PoolHeartbeat {
  readonly #parts: PoolHeartbeatParts;
  readonly #subject: string;
  #thread: Heartbeat | undefined;
  #stopListening: (() => void) | undefined;
  /** The state that the thread sends. */
  #state: NodeState | undefined;

  constructor(parts: PoolHeartbeatParts) {
    this.#parts = parts;
    this.#subject = heartbeatSubject(parts.mesh, parts.pool);
  }

  start(): void {
    const { transport, log, pool } = this.#parts;
    this.#stopListening = transport.signals.listen(this.#subject, (text) => this.#received(text));
    this.#thread = transport.heartbeat(this.#subject, (reason) =>
      log.warn(
        { pool, reason },
        'heartbeats have no thread: others take this node for dead when its loop is busy for 3 s',
      ),
    );
  }

  /** Passes the age of the main loop's contact to the thread. */
  contacted(ageMs: number): void {
    this.#thread?.contacted(ageMs);
  }

  /** Sends the main loop's own heartbeat, in case the thread has no connection. */
  beat(state: NodeState): void {
    const { transport, node, contactAgeMs } = this.#parts;
    const fields = { v: 1, node, state };
    if (state !== this.#state) this.#thread?.say(fields);
    this.#state = state;
    if (!transport.isConnected) return;
    const age = Math.round(Math.min(contactAgeMs(), Number.MAX_SAFE_INTEGER));
    transport.signals.notify(this.#subject, JSON.stringify({ ...fields, contact_ms: age }));
  }

  /** Announces that this node left the pool; sends nothing afterwards. */
  async leave(): Promise<void> {
    this.#stopListening?.();
    this.beat('left');
    await this.#thread?.stop();
  }

  #received(text: string): void {
    const beat = readBeat(text);
    if (beat !== undefined && beat.node !== this.#parts.node) this.#parts.heard(beat);
  }
}
