/** Joins a node to its pool: declares its kinds, claims partitions, registers; retries until that works. */
import { sleepUnlessAborted } from '../core/clock.ts';
import { deferred } from '../core/deferred.ts';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import type { PoolOption } from '../transport/index.ts';
import { dedupeWindowMs } from './compose-messaging.ts';
import type { NodeParts } from './composition.ts';
import { defaultPartitions, type NodeLimits } from './node-limits.ts';
import type { CompiledNode } from './node-options.ts';
import { PoolServer } from './pool-server.ts';
import { Registration } from './registration.ts';
import { Renewal } from './renewal.ts';

/** Wait between two attempts to join, for a node that starts in the background. */
const rejoinMs = 1_000;

/** A fault that no retry cures before the app or the mesh is changed. */
const isPermanent = (error: unknown): boolean => error instanceof ParleyError && !error.retryable;

/** Settings of a pool, with the node's limits that request them. */
const poolOptions: readonly (readonly [PoolOption, keyof NodeLimits])[] = [
  ['laneCapacity', 'laneCapacity'],
  ['maxBytes', 'storeBytes'],
  ['replicas', 'replicas'],
  ['dedupeWindowMs', 'sendDeadlineMs'],
];

export class PoolMember {
  readonly #setup: CompiledNode;
  readonly #parts: Pick<NodeParts, 'directory' | 'inbox' | 'activations' | 'congestion' | 'deadLetters' | 'secret'>;
  readonly #node: string;
  readonly #onConfirmed: () => void;
  readonly #registration: Registration;
  readonly #renewal: Renewal;
  readonly #serving = deferred();
  readonly #stopping = new AbortController();
  #joined = false;
  #obstacle: string | undefined;
  #server: PoolServer | undefined;
  #strays: readonly string[] = [];

  /** @param onConfirmed called when the server has confirmed acknowledgements */
  constructor(setup: CompiledNode, parts: NodeParts, node: string, onConfirmed: () => void) {
    this.#setup = setup;
    this.#parts = parts;
    this.#node = node;
    this.#onConfirmed = onConfirmed;
    this.#registration = new Registration(setup, parts, node, (other) => this.#server?.isDead(other) === true);
    this.#renewal = new Renewal(setup, parts, this.#registration);
  }

  /** Resolves when it serves or stands by; rejects on a permanent fault, or when it was stopped first. */
  get serving(): Promise<void> {
    return this.#serving.promise;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Why it does not serve yet. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /** Messages for partitions that the pool does not have, as sentences. */
  get strays(): readonly string[] {
    return this.#strays;
  }

  get server(): PoolServer | undefined {
    return this.#server;
  }

  /** Resolves when it serves its pool, or stands by for the node that does. @throws KindConflictError, PoolConflictError */
  async join(): Promise<void> {
    if (this.#setup.agents.size > 0) await this.#joinPool();
    await this.#parts.secret.watch(this.#stopping.signal);
    this.#joined = true;
    this.#renewal.start();
    this.#serving.resolve();
  }

  /** Retries until it works, or the node is stopped. */
  async joinPersistently(): Promise<void> {
    const { clock, log } = this.#setup;
    const { signal } = this.#stopping;
    while (!this.#joined && !signal.aborted) {
      try {
        await this.join();
      } catch (error) {
        this.#obstacle = reasonOf(error);
        if (signal.aborted) return log.debug({ reason: this.#obstacle }, 'the node is stopped before it serves');
        if (isPermanent(error)) return this.#serving.reject(error);
        log.warn({ reason: this.#obstacle }, 'the node cannot serve yet, and tries again');
        await this.#server?.release().catch(() => undefined);
        await sleepUnlessAborted(clock, rejoinMs, signal);
      }
    }
  }

  /** Stops claiming, also in the middle of it. */
  stopJoining(): void {
    this.#stopping.abort();
    this.#renewal.stop();
    this.#server?.stopClaiming();
    this.#server?.setOpen(false);
  }

  async leave(): Promise<void> {
    this.#serving.reject(new NodeStoppingError());
    await this.#server?.release();
    await this.#registration.leave();
  }

  async #joinPool(): Promise<void> {
    const { pool, agents } = this.#setup;
    const partitions = await this.#declare();
    for (const kind of agents.keys()) await this.#parts.directory.declareKind(kind, pool);
    // the age of deliveries can only be read from the store's clock
    await this.#parts.congestion.measure(pool);
    this.#checkRunning();
    await this.#serve(partitions);
    this.#checkRunning();
    await this.#registration.enter();
    void this.#lookForStrays(partitions);
  }

  /** Looks once: a client that publishes them assumes a larger pool, and continues to do so. */
  async #lookForStrays(partitions: number): Promise<void> {
    const { transport, pool, log } = this.#setup;
    try {
      const strays = await transport.pools.strays(pool, partitions);
      this.#strays = strays.map(
        ({ partition, messages }) =>
          `${messages} messages are for partition "${partition}" of pool "${pool}", which has 0 to ${partitions - 1}: no node takes them`,
      );
      for (const sentence of this.#strays) log.error({ pool }, sentence);
    } catch (error) {
      log.warn(
        { pool, reason: reasonOf(error) },
        'messages for partitions that the pool does not have: not looked for',
      );
    }
  }

  /** Refuses to claim when the node was stopped during its start. @throws NodeStoppingError */
  #checkRunning(): void {
    if (this.#stopping.signal.aborted) throw new NodeStoppingError();
  }

  async #declare(): Promise<number> {
    const { transport, pool, partitions: wanted, limits, givenLimits } = this.#setup;
    const partitions = await this.#parts.directory.declarePool(pool, wanted, defaultPartitions);
    await transport.pools.ensure({
      pool,
      partitions,
      laneCapacity: limits.laneCapacity,
      maxBytes: limits.storeBytes,
      replicas: limits.replicas,
      dedupeWindowMs: dedupeWindowMs(limits.sendDeadlineMs),
      given: poolOptions.filter(([, limit]) => givenLimits.has(limit)).map(([option]) => option),
    });
    return partitions;
  }

  async #serve(partitions: number): Promise<void> {
    const { transport, mesh, pool, limits, log, clock, random, archive } = this.#setup;
    this.#server = new PoolServer({
      transport,
      clock,
      random,
      log,
      inbox: this.#parts.inbox,
      deadLetters: this.#parts.deadLetters,
      mesh,
      node: this.#node,
      pool,
      partitions,
      pullWindow: limits.pullWindow,
      archive,
      onConfirmed: this.#onConfirmed,
      suspended: () => this.#parts.activations.abandonLost(),
      standing: ({ kind }) => this.#registration.say(kind === 'serving' ? 'serving' : 'standby'),
    });
    await this.#server.start();
  }
}
