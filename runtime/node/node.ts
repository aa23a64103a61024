/** One runtime process: composes everything below it, starts it, and stops it in three steps. */
import { Activation } from '../actor/activation.ts';
import type { AgentContext, HandlingContext } from '../actor/context.ts';
import { IntentSender, type SendOptions } from '../actor/intent-sender.ts';
import { makeIntent } from '../actor/make-intent.ts';
import { Directory } from '../cluster/directory.ts';
import { PoolWatch } from '../cluster/pool-watch.ts';
import { AbortGroup } from '../core/abort-group.ts';
import { sleep } from '../core/clock.ts';
import { checkKind, parseAgentId } from '../core/ids.ts';
import type { Intent, IntentDraft } from '../core/intent.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import { uuidv7Maker } from '../core/uuid.ts';
import { EgressGate } from '../mailbox/egress-gate.ts';
import { Inbox, type InboxCounts } from '../mailbox/inbox.ts';
import { LaneLoader } from '../mailbox/lane-loader.ts';
import { LaneSender } from '../mailbox/lane-sender.ts';
import { handlingContext } from './handling-context.ts';
import { type CompiledNode, compileNode, defaultPartitions, type NodeOptions } from './node-options.ts';
import { PoolServer } from './pool-server.ts';
import { Quiet } from './quiet.ts';

export interface StopOptions {
  /** How long handlers may go on, milliseconds; what is not finished then is handled by whoever serves the pool next. */
  readonly drainMs?: number;
}

export interface NodeCounts extends InboxCounts {
  /** Sends without the server's word. */
  readonly sending: number;
  /** Handled, and the server has not yet confirmed that it knows. */
  readonly unconfirmed: number;
}

/** Connects agents to their mailboxes until it is stopped. @throws PoolOccupiedError, KindConflictError, PoolConflictError */
export async function startNode(options: NodeOptions): Promise<Node> {
  const node = new Node(compileNode(options));
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
  readonly #setup: CompiledNode;
  readonly #newId: () => string;
  readonly #stopping = new AbortController();
  readonly #aborts = new AbortGroup();
  readonly #quiet: Quiet;
  readonly #directory: Directory;
  readonly #watch: PoolWatch;
  readonly #egress: EgressGate;
  readonly #lanes: LaneSender;
  readonly #sender: IntentSender;
  readonly #loader: LaneLoader;
  readonly #inbox: Inbox;
  readonly #undo: (() => void)[] = [];
  #server: PoolServer | undefined;
  #stopped: Promise<void> | undefined;

  constructor(setup: CompiledNode) {
    this.#setup = setup;
    const { transport, mesh, clock, random, log, limits, agents, observer } = setup;
    this.#newId = uuidv7Maker(clock, random);
    this.id = `node-${this.#newId()}`;
    this.#directory = new Directory(mesh, transport.constants);
    this.#watch = new PoolWatch(mesh, transport, clock, log);
    this.#egress = new EgressGate(clock, setup.egress);
    this.#lanes = new LaneSender(transport, clock, {
      window: limits.sendWindow,
      queuedPerLane: limits.queuedPerLane,
      queued: limits.queuedSends,
      dedupeWindowMs: dedupeWindowMs(limits.sendDeadlineMs),
      inFlightPerLane: 1,
    });
    this.#sender = new IntentSender({
      mesh,
      clock,
      locator: this.#directory,
      congestion: this.#watch,
      egress: this.#egress,
      lanes: this.#lanes,
      schemasOf: (kind) => agents.get(kind)?.intents,
      deadlineMs: limits.sendDeadlineMs,
    });
    this.#quiet = new Quiet({
      clock,
      isQuiet: () => this.#isQuiet(),
      sent: () => this.#lanes.idle(),
      fill: async () => (this.#server === undefined ? 0 : transport.fill(setup.pool)),
    });
    this.#loader = new LaneLoader(transport, clock, log);
    this.#inbox = new Inbox({
      receiver: new Activation({
        agents,
        contextFor: (agent, parent) => this.#context(agent, parent),
        bury: (record) =>
          transport.deadLetter({
            pool: record.pool,
            partition: record.partition,
            messageId: `${record.pool}.${record.seq}.${record.died_at}`,
            payload: Buffer.from(JSON.stringify(record)),
          }),
        intake: (agent) => setup.intake.get(parseAgentId(agent).kind),
        clock,
        log,
        events: observer,
        attempts: limits.attempts,
        signal: this.#stopping.signal,
      }),
      events: {
        settled: (_pool, partition, seq) => this.#server?.settled(partition, seq),
        room: (open) => this.#server?.setOpen(open),
        crowded: (pool, agent, closed) => this.#watch.announce(pool, agent, closed),
        quieter: () => this.#quiet.check(),
      },
      loader: this.#loader,
      clock,
      log,
      settings: {
        maxMemoryBytes: limits.maxMemoryBytes,
        maxPayloadBytes: limits.maxPayloadBytes,
        residentPerAgent: limits.residentPerAgent,
        crowdedAt: limits.laneCapacity * 4,
      },
    });
  }

  async start(): Promise<void> {
    const { transport, mesh, pool, partitions: wanted, agents, limits, log, clock, observer } = this.#setup;
    this.#undo.push(transport.signals.listen(nodeSubject(mesh, this.id), (_text, answer) => answer('alive')));
    this.#undo.push(
      transport.onStatus((status) => {
        log.warn(
          { status, server: transport.describe },
          status === 'connected' ? 'connected again' : 'connection lost',
        );
        if (status === 'connected') this.#lanes.retryNow();
        observer.connection(status);
      }),
    );
    if (agents.size === 0) return;
    const partitions = await this.#directory.declarePool(pool, wanted, defaultPartitions);
    await transport.ensurePool({
      pool,
      partitions,
      laneCapacity: limits.laneCapacity,
      maxBytes: limits.storeBytes,
      replicas: limits.replicas,
      dedupeWindowMs: dedupeWindowMs(limits.sendDeadlineMs),
    });
    for (const kind of agents.keys()) await this.#directory.declareKind(kind, pool);
    this.#server = new PoolServer({
      transport,
      clock,
      log,
      inbox: this.#inbox,
      mesh,
      node: this.id,
      pool,
      partitions,
      pullWindow: limits.pullWindow,
      onConfirmed: () => this.#quiet.check(),
    });
    await this.#server.start();
  }

  get counts(): NodeCounts {
    return {
      ...this.#inbox.counts,
      sending: this.#lanes.pending,
      unconfirmed: this.#server?.unconfirmed ?? 0,
    };
  }

  /** Speaks as one of this node's agents, outside of any intent: for what an agent senses by itself. */
  context(agent: string): AgentContext {
    const { kind } = parseAgentId(agent);
    checkKind(kind);
    return this.#context(agent, undefined);
  }

  /** Sends in the name of `from`, from outside any intent. Resolves to `undefined` only in mode `drop`. */
  tell(from: string, to: string, draft: IntentDraft, options: SendOptions = {}): Promise<Ticket | undefined> {
    return this.#tell(from, to, draft, undefined, options);
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

  async #stop(drainMs: number): Promise<void> {
    const { clock } = this.#setup;
    this.#server?.setOpen(false);
    this.#inbox.stop();
    const until = clock.monotonic() + drainMs;
    const drained = (): boolean => {
      const { handling, sending, unconfirmed } = this.counts;
      return handling === 0 && sending === 0 && unconfirmed === 0;
    };
    while (!drained() && clock.monotonic() < until) await sleep(clock, 10);
    this.#stopping.abort();
    this.#quiet.close();
    this.#aborts.abort();
    this.#egress.close();
    this.#lanes.close();
    this.#loader.stop();
    await this.#server?.release();
    this.#watch.stop();
    for (const undo of this.#undo) undo();
  }

  #context(agent: string, parent: Intent | undefined): HandlingContext {
    const { clock, log } = this.#setup;
    const tell = (to: string, draft: IntentDraft): Promise<Ticket> =>
      this.#tell(agent, to, draft, parent, waiting) as Promise<Ticket>;
    return handlingContext({ tell, clock, log, aborts: this.#aborts });
  }

  #tell(
    from: string,
    to: string,
    draft: IntentDraft,
    parent: Intent | undefined,
    options: SendOptions,
  ): Promise<Ticket | undefined> {
    const { clock, observer } = this.#setup;
    const intent = makeIntent(draft, { from, to, parent, now: clock.now(), newId: this.#newId });
    return this.#sender.send(intent, options, (ticket) => observer.sent(intent, ticket));
  }

  #isQuiet(): boolean {
    const { held, sending, unconfirmed } = this.counts;
    return held === 0 && sending === 0 && unconfirmed === 0;
  }
}

/** What an agent says waits for room: it is never let go, so there always is a ticket. */
const waiting: SendOptions = Object.freeze({ mode: 'wait' });

/** A publish is repeated until its deadline; the server must remember it for longer. */
const dedupeWindowMs = (sendDeadlineMs: number): number => 2 * sendDeadlineMs;
