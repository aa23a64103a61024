/** One runtime process: starts its parts, sends for clients, stops in three steps. */

import type { SenderContext } from '../actor/context.ts';
import { AgentSender } from '../actor/contexts/sender-context.ts';
import type { MailboxPlace } from '../cluster/directory.ts';
import { answerAsNode } from '../cluster/node-answers.ts';
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
import { dedupeWindowMs } from './compose-messaging.ts';
import { composeNode, type NodeParts } from './composition.ts';
import { followConnection } from './connection-follower.ts';
import type { Health } from './health.ts';
import { IdleWatch } from './idle-watch.ts';
import {
  checkTellOptions,
  compileStopOptions,
  type NodePlace,
  type StopOptions,
  type TellOptions,
  type TicketIn,
} from './node-calls.ts';
import type { NodeCounts, NodeLags } from './node-counts.ts';
import { lagsOf, nodeHealth, stateOf } from './node-health.ts';
import { compileNode, type NodeOptions } from './node-options.ts';
import type { NodeObserver } from './observer.ts';
import { openServices, type ReadyNode, withServices } from './open-services.ts';
import { PoolMember } from './pool-member.ts';
import { closeParts, drain, leave, leaveMs } from './shutdown.ts';
import { guardStrayErrors } from './stray-error-guard.ts';

/**
 * Connects agents to their mailboxes until it is stopped. Resolves when the node serves its pool, or stands by for the node
 * that does: then it takes the pool over as soon as that one stops or dies (`node.standing`).
 * @throws KindConflictError, PoolConflictError, TransportUnavailableError, ServicesError, NodeStoppingError
 */
export async function startNode(app: App, options: NodeOptions): Promise<Node> {
  const setup = compileNode(app, options);
  const node = new Node(withServices(setup, await openServices(setup)));
  // a signal that was aborted meanwhile does not fire again
  if (setup.signal?.aborted === true) void node.stop({ drainMs: 0 });
  setup.signal?.addEventListener('abort', () => void node.stop({ drainMs: 0 }), { once: true });
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
  readonly #undo: (() => void)[] = [];
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
      isIdle: () => this.#isHandled() && this.counts.sending === 0,
      isHandled: () => this.#isHandled(),
      sent: () => this.#parts.lanes.idle(),
      sends: () => this.#parts.lanes.sends,
      setEager: (isEager) => this.#member.server?.setEager(isEager),
      stored: async () => (this.#member.server === undefined ? 0 : transport.pools.backlog(setup.pool)),
    });
    this.#parts = composeNode(setup, {
      node: this.id,
      newId,
      mailboxes: {
        finished: (lane, held, outcome) => this.#member.server?.archive(lane, held, outcome) ?? false,
        acknowledge: (_pool, partition, seq) => this.#member.server?.acknowledge(partition, seq),
        lost: (_pool, partition, fromSeq) => this.#member.server?.lose(partition, fromSeq),
        room: (open) => this.#member.server?.setOpen(open),
        mayBeIdle: () => this.#idleWatch.check(),
      },
      leaseOf: (partition) => this.#member.server?.leaseOf(partition),
      signal: this.#stopping.signal,
    });
    this.#member = new PoolMember(setup, this.#parts, this.id, () => this.#idleWatch.check());
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
    const { inbox, lanes, activations, supervisor, messenger, egress } = this.#parts;
    return {
      ...inbox.counts,
      ...activations.counts,
      ...supervisor.counts,
      sending: lanes.pending,
      unconfirmed: this.#member.server?.unconfirmed ?? 0,
      asking: messenger.asking,
      egressRefused: egress.refused,
    };
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
    const held = this.#parts.inbox.heldByKind();
    return new Map([...this.#setup.agents.keys()].map((kind) => [kind, held.get(kind) ?? 0]));
  }

  /** Locates the mailbox of an agent, also of an expired kind. @throws UnknownAgentError, InvalidIdError */
  async mailboxOf(agent: string): Promise<MailboxPlace> {
    return this.#parts.directory.placeOf(parseAgentId(agent));
  }

  /** The store, mesh and pool of this node. */
  get place(): NodePlace {
    const { transport, mesh, pool, tracing, limits, log } = this.#setup;
    const { sendDeadlineMs } = limits;
    const sends = { sendDeadlineMs, windowMs: dedupeWindowMs(sendDeadlineMs) };
    return { transport, mesh, pool, tracing, sends, secret: this.#parts.secret, log };
  }

  /** Its standing in the pool; `undefined` before it takes part in one. */
  get standing(): Standing | undefined {
    return this.#member.server?.standing;
  }

  /** Current delays, in milliseconds. */
  get lags(): NodeLags {
    return lagsOf(this.#parts, this.#member);
  }

  /** Its health, with reasons. */
  get health(): Health {
    const isStopping = this.#stopped !== undefined;
    return nodeHealth(this.#setup, this.#parts, this.#member, isStopping);
  }

  /** The report for other processes (`parley ps`). */
  report(): NodeReport {
    const { activations, supervisor } = this.#parts;
    // those that are down first: an answer may have no room for all
    const instances = [...supervisor.instances, ...activations.instances];
    return {
      v: 1,
      node: this.id,
      state: stateOf(this.standing, this.#stopped !== undefined),
      partitions: this.#member.server?.served ?? 0,
      counts: { ...this.counts },
      instances,
      instances_total: instances.length,
      paused_lanes: supervisor.pausedLanes,
    };
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
  tell<const I extends IntentSchemas, O extends TellOptions = TellOptions & { mode?: 'reject' | 'wait' }>(
    to: AgentRef<I>,
    draft: DraftOf<I>,
    options?: O,
  ): Promise<TicketIn<O>>;
  tell<O extends TellOptions = TellOptions & { mode?: 'reject' | 'wait' }>(
    to: string,
    draft: IntentDraft,
    options?: O,
  ): Promise<TicketIn<O>>;
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

  /**
   * Resolves when this node sends and holds nothing, and the store holds nothing for its pool.
   * @throws NodeStoppingError when the node is stopped meanwhile
   */
  whenIdle(): Promise<void> {
    return this.#idleWatch.whenIdle();
  }

  /** Stops intake, drains running handlers, releases resources. The transport stays open: it belongs to its creator. */
  stop(options: StopOptions = {}): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    try {
      const { drainMs } = compileStopOptions(options);
      this.#stopped = this.#stop(drainMs);
      return this.#stopped;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    if (this.#setup.strayErrors === 'fail_agent') this.#undo.push(guardStrayErrors());
    this.#undo.push(answerAsNode(this.#setup.transport.signals, this.#setup.mesh, this.id, this));
    for (const undo of followConnection(this.#setup, this.#parts, this.id)) this.#undo.push(undo);
    if (!this.#setup.inBackground) return this.#member.join();
    void this.#member.joinPersistently();
  }

  async #stop(drainMs: number): Promise<void> {
    const { clock } = this.#setup;
    const until = clock.monotonic() + drainMs;
    this.#member.stopJoining();
    await drain(clock, this.#parts, {
      counts: () => this.counts,
      pullFinished: () => this.#member.server?.pullFinished() ?? true,
      drainMs,
    });
    this.#stopping.abort();
    this.#setup.opened.abort();
    this.#idleWatch.close();
    closeParts(this.#parts);
    await leave(this.#member, Math.max(leaveMs, until - clock.monotonic()), this.#setup);
    this.#parts.congestion.stop();
    for (const undo of this.#undo) undo();
    await this.#setup.opened.close();
  }

  #isHandled(): boolean {
    const { held, unconfirmed } = this.counts;
    return held === 0 && unconfirmed === 0;
  }
}
