/** One runtime process: starts its parts, speaks for clients, and stops in three steps. */

import type { AgentRef } from '../actor/agent.ts';
import { type ContextPorts, Voice } from '../actor/agent-context.ts';
import type { AskOptions, VoiceContext } from '../actor/context.ts';
import type { SendOptions } from '../actor/intent-sender.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../actor/typed-intents.ts';
import { answerAsNode, type NodeReport } from '../cluster/node-report.ts';
import { sleep, within } from '../core/clock.ts';
import { deferred } from '../core/deferred.ts';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { checkKind, clientKind, parseAgentId } from '../core/ids.ts';
import type { IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';
import { mailboxSubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Tracing } from '../core/tracing.ts';
import { uuidv7Maker } from '../core/uuid.ts';
import type { InboxCounts } from '../mailbox/inbox.ts';
import { SenderClosedError } from '../mailbox/mailbox-errors.ts';
import type { Transport } from '../transport/index.ts';
import type { App } from './app.ts';
import { composeNode, dedupeWindowMs, type NodeParts } from './composition.ts';
import { type Health, healthOf } from './health.ts';
import { type CompiledNode, compileNode, defaultPartitions, type NodeOptions } from './node-options.ts';
import type { NodeObserver } from './observer.ts';
import { PoolServer } from './pool-server.ts';
import { Quiet } from './quiet.ts';
import { Registration } from './registration.ts';

export interface StopOptions {
  /** How long handlers may go on, milliseconds; what is not finished then is handled by whoever serves the pool next. */
  readonly drainMs?: number;
}

/** From outside any agent. */
export interface TellOptions extends SendOptions {
  /** Who speaks; this node's own `client/<instance>` by default. */
  readonly from?: string;
}

export interface NodeCounts extends InboxCounts {
  /** Sends without the server's word. */
  readonly sending: number;
  /** Handled, and the server has not yet confirmed that it knows. */
  readonly unconfirmed: number;
  /** Questions without a reply. */
  readonly asking: number;
  /** Sends that an egress bucket has refused or let go, since the start. */
  readonly egressRefused: number;
  /** Agents with state in memory. */
  readonly active: number;
  /** Agents that wait for their restart. */
  readonly restarting: number;
  /** Agents that failed too often: they wait for `resume`. */
  readonly paused: number;
}

export interface NodePlace {
  readonly transport: Transport;
  readonly mesh: string;
  readonly pool: string;
  readonly tracing: Tracing;
}

/** Between two tries to serve, of a node that starts in the background. */
const rejoinMs = 1_000;

/** No other try will go otherwise, until somebody changes the app or the mesh. */
const isPermanent = (error: unknown): boolean => error instanceof ParleyError && !error.retryable;

/** Connects agents to their mailboxes until it is stopped. @throws PoolOccupiedError, KindConflictError, PoolConflictError */
export async function startNode(app: App, options: NodeOptions): Promise<Node> {
  const node = new Node(compileNode(app, options));
  try {
    await node.start();
  } catch (error) {
    await node.stop({ drainMs: 0 });
    throw error;
  }
  return node;
}

export class Node implements AsyncDisposable {
  readonly id: string;
  /** Who this node is when nobody else speaks: `client/<instance>`. */
  readonly client: string;
  readonly #setup: CompiledNode;
  readonly #stopping = new AbortController();
  readonly #quiet: Quiet;
  readonly #parts: NodeParts;
  readonly #registration: Registration;
  readonly #undo: (() => void)[] = [];
  readonly #serving = deferred();
  #joined = false;
  #obstacle: string | undefined;
  #server: PoolServer | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(setup: CompiledNode) {
    this.#setup = setup;
    const { transport, clock, random } = setup;
    const newId = uuidv7Maker(clock, random);
    this.id = `node-${newId()}`;
    this.client = `${clientKind}/${this.id}`;
    this.#quiet = new Quiet({
      clock,
      isQuiet: () => this.#isQuiet(),
      sent: () => this.#parts.lanes.idle(),
      fill: async () => (this.#server === undefined ? 0 : transport.fill(setup.pool)),
    });
    this.#parts = composeNode(setup, {
      newId,
      settled: (_pool, partition, ...settled) => this.#server?.settled(partition, ...settled),
      room: (open) => this.#server?.setOpen(open),
      quieter: () => this.#quiet.check(),
      signal: this.#stopping.signal,
    });
    this.#registration = new Registration(setup, this.#parts.registry, this.id);
  }

  /**
   * Resolves when it serves its mailboxes; rejects when that can never be, or it is stopped before.
   * @throws KindConflictError, PoolConflictError, StreamConflictError, SenderClosedError
   */
  get started(): Promise<void> {
    return this.#serving.promise;
  }

  /** Once: called again it is the same start. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  get counts(): NodeCounts {
    const { inbox, lanes, activations, correspondence, egress } = this.#parts;
    return {
      ...inbox.counts,
      ...activations.counts,
      sending: lanes.pending,
      unconfirmed: this.#server?.unconfirmed ?? 0,
      asking: correspondence.asking,
      egressRefused: egress.refused,
    };
  }

  /** What its agents do, as it happens: for metrics and screens. Returns the way to stop. */
  observe(observer: NodeObserver): () => void {
    return this.#setup.observers.add(observer);
  }

  /** Numbers of each kind of its app: intents in memory, by kind. */
  get depths(): ReadonlyMap<string, number> {
    const held = this.#parts.inbox.heldByKind();
    return new Map([...this.#setup.agents.keys()].map((kind) => [kind, held.get(kind) ?? 0]));
  }

  /** The subject of the lane from one to the other. @throws UnknownAgentError, InvalidIdError */
  async laneOf(from: string, to: string): Promise<string> {
    const [sender, receiver] = [parseAgentId(from), parseAgentId(to)];
    const place = await this.#parts.directory.locate(receiver);
    return mailboxSubject(this.#setup.mesh, { ...place, from: sender, to: receiver, lane: 'i' });
  }

  /** The store that it lives on, and its mesh and pool in it. */
  get place(): NodePlace {
    const { transport, mesh, pool, tracing } = this.#setup;
    return { transport, mesh, pool, tracing };
  }

  /** How it is, and why. */
  get health(): Health {
    const { transport, pool } = this.#setup;
    return healthOf({
      joined: this.#joined,
      obstacle: this.#obstacle,
      stopping: this.#stopped !== undefined,
      connected: transport.isConnected,
      store: transport.describe,
      served: this.#server?.served ?? 0,
      partitions: this.#server?.partitions ?? 0,
      paused: this.counts.paused,
      storeFull: this.#parts.watch.isFull(pool),
    });
  }

  /** What others learn of it (`parley ps`). */
  report(): NodeReport {
    const { instances } = this.#parts.activations;
    return { v: 1, node: this.id, counts: { ...this.counts }, instances, instances_total: instances.length };
  }

  /** Speaks as one of this node's agents, outside of any intent: for what an agent senses by itself. */
  context(agent: string): VoiceContext {
    checkKind(parseAgentId(agent).kind);
    return new Voice(this.#ports, agent, undefined);
  }

  /**
   * Sends from outside any agent. Resolves to `undefined` only in mode `drop`.
   * @throws every refusal of `core/intent-errors.ts` and `mailbox/mailbox-errors.ts`
   */
  tell<const I extends IntentSchemas>(
    to: AgentRef<I>,
    draft: DraftOf<I>,
    options?: TellOptions,
  ): Promise<Ticket | undefined>;
  tell(to: string, draft: IntentDraft, options?: TellOptions): Promise<Ticket | undefined>;
  tell(to: string | AgentRef, draft: unknown, options: TellOptions = {}): Promise<Ticket | undefined> {
    return this.#parts.correspondence.tell(options.from ?? this.client, undefined, to, draft as IntentDraft, options);
  }

  /**
   * Asks from outside any agent, and waits for the reply.
   * @throws AskTimeoutError, AskFailedError, and what `tell` throws
   */
  ask<const I extends IntentSchemas, T extends TypeOf<I>>(
    to: AgentRef<I>,
    draft: DraftOf<I, T>,
    options?: AskOptions,
  ): Promise<ReplyOf<I, T>>;
  ask(to: string, draft: IntentDraft, options?: AskOptions): Promise<Json>;
  ask(to: string | AgentRef, draft: unknown, options: AskOptions = {}): Promise<unknown> {
    return this.#parts.correspondence.ask(this.client, undefined, to, draft as IntentDraft, options);
  }

  /** Lets an agent that failed too often go on. @returns whether it was down */
  resume(agent: string): boolean {
    return this.#parts.activations.resume(agent);
  }

  /**
   * Resolves when nothing is being sent or held here, and the store holds nothing for this node's pool.
   * @throws SenderClosedError when the node is stopped meanwhile
   */
  quiet(): Promise<void> {
    return this.#quiet.reached();
  }

  /** Stops intake, drains, releases. The transport stays open: it belongs to whoever opened it. */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.drainMs ?? 10_000);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #ports(): ContextPorts {
    return this.#parts.ports;
  }

  async #start(): Promise<void> {
    this.#listen();
    if (!this.#setup.inBackground) return this.#join();
    void this.#joinPersistently();
  }

  #listen(): void {
    const { transport, mesh, log, observers } = this.#setup;
    this.#undo.push(answerAsNode(transport.signals, mesh, this.id, this));
    this.#undo.push(this.#parts.correspondence.listen(this.id));
    this.#undo.push(
      transport.onStatus((status) => {
        const server = transport.describe;
        if (status === 'connected') {
          log.info({ server }, 'connected');
          this.#parts.lanes.retryNow();
        } else log.warn({ server }, 'connection lost');
        observers.events.connection(status);
      }),
    );
  }

  /** Declares what it serves, and serves it. */
  async #join(): Promise<void> {
    if (this.#setup.agents.size > 0) await this.#joinPool();
    this.#joined = true;
    this.#serving.resolve();
  }

  /** Until it works, or the node is stopped. */
  async #joinPersistently(): Promise<void> {
    const { clock, log } = this.#setup;
    while (!this.#joined && this.#stopped === undefined) {
      try {
        await this.#join();
      } catch (error) {
        this.#obstacle = reasonOf(error);
        if (isPermanent(error)) return this.#serving.reject(error);
        log.warn({ reason: this.#obstacle }, 'the node cannot serve yet, and tries again');
        await this.#server?.release().catch(() => undefined);
        await sleep(clock, rejoinMs, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #joinPool(): Promise<void> {
    const { pool, agents } = this.#setup;
    const partitions = await this.#declare();
    for (const kind of agents.keys()) await this.#parts.directory.declareKind(kind, pool);
    this.#checkRunning();
    await this.#serve(partitions);
    this.#checkRunning();
    await this.#registration.enter();
  }

  /** A node that is stopped while it starts claims nothing any more. @throws SenderClosedError */
  #checkRunning(): void {
    if (this.#stopped !== undefined) throw new SenderClosedError();
  }

  async #declare(): Promise<number> {
    const { transport, pool, partitions: wanted, limits } = this.#setup;
    const partitions = await this.#parts.directory.declarePool(pool, wanted, defaultPartitions);
    await transport.ensurePool({
      pool,
      partitions,
      laneCapacity: limits.laneCapacity,
      maxBytes: limits.storeBytes,
      replicas: limits.replicas,
      dedupeWindowMs: dedupeWindowMs(limits.sendDeadlineMs),
    });
    return partitions;
  }

  async #serve(partitions: number): Promise<void> {
    const { transport, mesh, pool, limits, log, clock, archive } = this.#setup;
    this.#server = new PoolServer({
      transport,
      clock,
      log,
      inbox: this.#parts.inbox,
      mesh,
      node: this.id,
      pool,
      partitions,
      pullWindow: limits.pullWindow,
      archive,
      onConfirmed: () => this.#quiet.check(),
    });
    await this.#server.start();
  }

  async #stop(drainMs: number): Promise<void> {
    const { clock } = this.#setup;
    const { inbox, activations, correspondence, aborts, egress, lanes, loader, watch } = this.#parts;
    this.#server?.setOpen(false);
    inbox.stop();
    activations.stop();
    const until = clock.monotonic() + drainMs;
    const drained = (): boolean => {
      const { handling, sending, unconfirmed } = this.counts;
      return handling === 0 && sending === 0 && unconfirmed === 0;
    };
    while (!drained() && clock.monotonic() < until) await sleep(clock, 10);
    await within(clock, Math.max(1, until - clock.monotonic()), activations.end());
    this.#stopping.abort();
    this.#serving.reject(new SenderClosedError());
    this.#quiet.close();
    aborts.abort();
    correspondence.close();
    egress.close();
    lanes.close();
    loader.stop();
    await this.#server?.release();
    await this.#registration.leave();
    watch.stop();
    for (const undo of this.#undo) undo();
  }

  #isQuiet(): boolean {
    const { held, sending, unconfirmed } = this.counts;
    return held === 0 && sending === 0 && unconfirmed === 0;
  }
}
