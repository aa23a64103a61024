/** One runtime process: starts its parts, sends for clients, stops in three steps. */
import type { SenderContext } from '../actor/context.ts';
import { AgentSender } from '../actor/contexts/sender-context.ts';
import type { MailboxPlace } from '../cluster/directory.ts';
import type { Standing } from '../cluster/standing.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import { nodePrefix } from '../core/client-name.ts';
import { checkKind, clientKind, parseAgentId } from '../core/ids.ts';
import type { IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';
import type { NodeReport } from '../core/node-report.ts';
import type { Ticket } from '../core/ticket.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../core/typed-intents.ts';
import { uuidv7Maker } from '../core/uuid.ts';
import type { AskOptions } from '../messaging/speech.ts';
import type { App } from './app.ts';
import { attach } from './attach.ts';
import { dedupeWindowMs } from './compose-messaging.ts';
import { composeNode, type NodeParts } from './composition.ts';
import type { Health } from './health.ts';
import { IdleWatch } from './idle-watch.ts';
import { mailboxEvents } from './mailbox-events.ts';
import {
  checkTellOptions,
  compileStopOptions,
  type NodePlace,
  type StopOptions,
  type TellOptions,
  type TellOrRefuse,
  type TicketIn,
} from './node-calls.ts';
import type { NodeCounts, NodeLags } from './node-counts.ts';
import { compileNode, type NodeOptions } from './node-options.ts';
import { NodeStatus } from './node-status.ts';
import type { NodeObserver } from './observer.ts';
import { openServices, type ReadyNode, withServices } from './open-services.ts';
import { PoolMember } from './pool-member.ts';
import { shutDown, stopOnAbort } from './shutdown.ts';

/**
 * Connects agents to their mailboxes until it is stopped. Resolves when the node serves its pool, or stands by for the node
 * that does: then it takes the pool over as soon as that one stops or dies (`node.standing`).
 * @throws KindConflictError, PoolConflictError, TransportUnavailableError, ServicesError, NodeStoppingError
 */
export async function startNode(app: App, options: NodeOptions): Promise<Node> {
  const setup = compileNode(app, options);
  const node = new Node(withServices(setup, await openServices(setup)));
  stopOnAbort(setup.signal, () => node.stop({ drainMs: 0 }));
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
  /** The default sender of this node: `client/<instance>`. */
  readonly client: string;
  readonly #setup: ReadyNode;
  readonly #stopping = new AbortController();
  readonly #idleWatch: IdleWatch;
  readonly #parts: NodeParts;
  readonly #member: PoolMember;
  readonly #status: NodeStatus;
  #detach: (() => void) | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(setup: ReadyNode) {
    this.#setup = setup;
    const { transport, clock, random } = setup;
    const newId = uuidv7Maker(clock, random);
    this.id = `${nodePrefix}${newId()}`;
    this.client = `${clientKind}/${this.id}`;
    this.#idleWatch = new IdleWatch({
      clock,
      isIdle: () => this.#status.isHandled && this.counts.sending === 0,
      isHandled: () => this.#status.isHandled,
      sent: () => this.#parts.lanes.idle(),
      sends: () => this.#parts.lanes.sends,
      setEager: (isEager) => this.#member.server?.setEager(isEager),
      stored: async () => (this.#member.server === undefined ? 0 : transport.pools.backlog(setup.pool)),
    });
    const mayBeIdle = (): void => this.#idleWatch.check();
    this.#parts = composeNode(setup, {
      node: this.id,
      newId,
      mailboxes: mailboxEvents(() => this.#member.server, mayBeIdle),
      leaseOf: (partition) => this.#member.server?.leaseOf(partition),
      signal: this.#stopping.signal,
    });
    this.#member = new PoolMember(setup, this.#parts, this.id, mayBeIdle);
    const isStopping = (): boolean => this.#stopped !== undefined;
    this.#status = new NodeStatus({ setup, parts: this.#parts, member: this.#member, node: this.id, isStopping });
  }

  /**
   * Resolves when it serves its mailboxes or stands by; rejects on a permanent fault, or when it is stopped first.
   * @throws KindConflictError, PoolConflictError, StreamConflictError, NodeStoppingError
   */
  get started(): Promise<void> {
    return this.#member.serving;
  }

  /** Starts once: a second call returns the same start. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  get counts(): NodeCounts {
    return this.#status.counts;
  }

  /** Sends that ended without the server's answer because the node stopped. */
  get abandonedSends(): number {
    return this.#parts.lanes.abandoned;
  }

  /** Reports the work of its agents as it happens: for metrics or screens. Returns a function that stops it. */
  observe(observer: NodeObserver): () => void {
    return this.#setup.observers.add(observer);
  }

  /** Number of intents in memory for each kind of its app. */
  get depths(): ReadonlyMap<string, number> {
    return this.#status.depths;
  }

  /** Age of the oldest intent in memory, milliseconds by the store's clock, for each kind that has one. */
  get ages(): ReadonlyMap<string, number> {
    return this.#status.ages;
  }

  /** Locates the mailbox of an agent, also of an expired kind. @throws UnknownAgentError, InvalidIdError */
  async mailboxOf(agent: string): Promise<MailboxPlace> {
    return this.#parts.directory.placeOf(parseAgentId(agent));
  }

  /** The store, mesh and pool of this node. */
  get place(): NodePlace {
    const { transport, mesh, pool, tracing, limits, log } = this.#setup;
    const sends = { sendDeadlineMs: limits.sendDeadlineMs, windowMs: dedupeWindowMs(limits.sendDeadlineMs) };
    return { transport, mesh, pool, tracing, sends, secret: this.#parts.secret, log };
  }

  /** Its standing in the pool; `undefined` before it takes part in one. */
  get standing(): Standing | undefined {
    return this.#member.server?.standing;
  }

  /** Current delays, in milliseconds. */
  get lags(): NodeLags {
    return this.#status.lags;
  }

  /** Its health, with reasons. */
  get health(): Health {
    return this.#status.health;
  }

  /** The report for other processes (`parley ps`). */
  report(): NodeReport {
    return this.#status.report();
  }

  /** Sends as one of this node's agents, outside of any intent: for example for a sensor. */
  senderAs(agent: string): SenderContext {
    checkKind(parseAgentId(agent).kind);
    return new AgentSender(this.#parts.ports, agent);
  }

  /**
   * Sends from outside any agent. Resolves to `undefined` only in mode `drop`.
   * @throws every refusal of `core/intent-errors.ts` and `mailbox/mailbox-errors.ts`
   */
  tell<const I extends IntentSchemas, O extends TellOptions = TellOrRefuse>(
    to: AgentRef<I>,
    draft: DraftOf<I>,
    options?: O,
  ): Promise<TicketIn<O>>;
  tell<O extends TellOptions = TellOrRefuse>(to: string, draft: IntentDraft, options?: O): Promise<TicketIn<O>>;
  tell(to: string | AgentRef, draft: unknown, options: TellOptions = {}): Promise<Ticket | undefined> {
    try {
      checkTellOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const speaker = { self: options.from ?? this.client, parent: undefined };
    return this.#parts.messenger.tell(speaker, to, draft as IntentDraft, options);
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
    return this.#parts.messenger.ask({ self: this.client, parent: undefined }, to, draft as IntentDraft, options);
  }

  /** Resumes an agent that failed too often. @returns whether it was down */
  resume(agent: string): boolean {
    return this.#parts.supervisor.resume(agent);
  }

  /** Resolves when this node sends and holds nothing, and neither does its pool's store. @throws NodeStoppingError */
  whenIdle(): Promise<void> {
    return this.#idleWatch.whenIdle();
  }

  /** Stops intake, drains running handlers, releases resources. The transport stays open: it belongs to its creator. */
  stop(options: StopOptions = {}): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    try {
      this.#stopped = this.#stop(compileStopOptions(options).drainMs);
      return this.#stopped;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    this.#detach = attach(this.#setup, this.#parts, this.id, this);
    if (!this.#setup.inBackground) return this.#member.join();
    void this.#member.joinPersistently();
  }

  async #stop(drainMs: number): Promise<void> {
    const [setup, parts, member, status] = [this.#setup, this.#parts, this.#member, this.#status];
    await shutDown({ setup, parts, member, status, idleWatch: this.#idleWatch, stopping: this.#stopping }, drainMs);
    this.#detach?.();
    await setup.opened.close();
  }
}
