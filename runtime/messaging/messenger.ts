/** Sends all messages of a node: intents, questions, replies. */
import type { AgentRef } from '../core/agent-ref.ts';
import { type Clock, fromIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { clientKind, parseAgentId } from '../core/ids.ts';
import type { Intent, IntentDraft } from '../core/intent.ts';
import { checkOutgoing, decodeIntent, encodeIntent } from '../core/intent-codec.ts';
import { checkDraft } from '../core/intent-draft.ts';
import { MissingReceiverError } from '../core/intent-errors.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import { clientReplySubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import { type Tracing, tracedPart } from '../core/tracing.ts';
import type { StoreObstacle } from '../mailbox/send-limits.ts';
import { Asks, askDeadline, askPath, askTimeout } from './asks.ts';
import type { SendOptions } from './checked-intent.ts';
import type { IntentSender } from './intent-sender.ts';
import { makeIntent } from './make-intent.ts';
import { type ReplyContent, type ReplyFault, readReply, replyDraft } from './reply.ts';
import type { AskOptions, BroadcastResult, FoundKind, Sent, Speaker } from './speech.ts';

/** Knows which kinds of the mesh accept an intent type; `runtime/cluster/registry.ts`. */
export interface Kinds {
  kindsThatAccept(type: string): Promise<readonly KnownKind[]>;
}

interface KnownKind {
  readonly kind: string;
  readonly pool: string;
  readonly keyed: boolean;
  /** Agents of the kind that broadcasts reach. */
  readonly broadcasts: readonly string[];
  readonly intents: Readonly<Record<string, unknown>>;
}

/** Messages that are not stored: replies to askers outside any agent. */
export interface ReplySignals {
  notify(subject: string, text: string): void;
  listen(subject: string, handler: (text: string) => void): () => void;
}

export interface MessengerParts {
  readonly mesh: string;
  readonly clock: Clock;
  /** Limit of pending questions. */
  readonly pendingAsks: number;
  readonly obstacle: StoreObstacle;
  readonly log: Logger;
  readonly sender: IntentSender;
  readonly kinds: Kinds;
  readonly signals: ReplySignals;
  readonly tracing: Tracing;
  readonly newId: () => string;
  readonly sent: (intent: Intent, ticket: Ticket) => void;
  /** The schemas of a kind, where this process knows them. */
  readonly schemasOf: (kind: string) => IntentSchemas | undefined;
}

/** Minimum time that a reply waits for room, whatever the wall clock reads; a later one is dropped. */
const replyMs = 30_000;
const longestReplyMs = 3_600_000;

export class Messenger {
  readonly #parts: MessengerParts;
  readonly #asks: Asks;

  constructor(parts: MessengerParts) {
    this.#parts = parts;
    this.#asks = new Asks(parts.clock, parts.pendingAsks, parts.obstacle);
  }

  /** Number of questions without a reply. */
  get asking(): number {
    return this.#asks.waiting;
  }

  /** Number of questions to agents of this node: while the node drains, it starts handling none of them. */
  get askingHere(): number {
    return this.#asks.waitingFor((agent) => this.#isHere(agent));
  }

  abandonHere(): void {
    this.#asks.abandon((agent) => this.#isHere(agent));
  }

  /** Subscribes to replies for `client/<instance>`. Returns a function that unsubscribes. */
  listen(instance: string): () => void {
    return this.#parts.signals.listen(clientReplySubject(this.#parts.mesh, instance), (text) => this.#heard(text));
  }

  tell(
    speaker: Speaker,
    to: string | AgentRef,
    draft: IntentDraft,
    options: SendOptions & { readonly mode: 'drop' },
  ): Promise<Ticket | undefined>;
  tell(speaker: Speaker, to: string | AgentRef, draft: IntentDraft, options?: SendOptions): Promise<Ticket>;
  tell(
    { self: from, parent }: Speaker,
    to: string | AgentRef,
    draft: IntentDraft,
    options: SendOptions = {},
  ): Promise<Ticket | undefined> {
    const { clock, newId } = this.#parts;
    try {
      const receiver = receiverOf(to);
      checkDraft(draft);
      const intent = makeIntent(draft, { from, to: receiver, parent, now: clock.now(), newId });
      return this.#send(intent, receiver, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async ask(
    { self: from, parent }: Speaker,
    to: string | AgentRef,
    draft: IntentDraft,
    options: AskOptions,
  ): Promise<Json> {
    const { clock, newId, schemasOf } = this.#parts;
    const timeoutMs = askTimeout(options);
    const agent = receiverOf(to);
    checkDraft(draft);
    const now = clock.now();
    const asked = { ...draft, deadline: askDeadline(draft.deadline, now, timeoutMs) };
    const path = askPath(from, agent, parent);
    const intent = makeIntent(asked, { from, to: agent, parent, now, newId, path });
    const schemas = typeof to === 'string' ? schemasOf(parseAgentId(agent).kind) : to.intents;
    const send = (): Promise<unknown> => this.#send(intent, agent, { deadlineMs: timeoutMs });
    return this.#asks.ask({ intent, agent, timeoutMs, schemas, send });
  }

  async find(accepts: string): Promise<readonly FoundKind[]> {
    const kinds = await this.#parts.kinds.kindsThatAccept(accepts);
    return kinds.map(({ kind, pool, keyed, intents }) => ({ kind, pool, keyed, accepts: Object.keys(intents) }));
  }

  /**
   * Sends the same intent to each agent that accepts its type, except the sender. If one refuses, the others still receive it.
   */
  async broadcast({ self: from, parent }: Speaker, draft: IntentDraft): Promise<BroadcastResult> {
    const { clock, newId, kinds } = this.#parts;
    checkDraft(draft);
    const accepting = await kinds.kindsThatAccept(draft.intent_type);
    const receivers = accepting.flatMap(({ broadcasts }) => broadcasts).filter((id) => id !== from);
    const intent = makeIntent(draft, { from, to: null, parent, now: clock.now(), newId });
    const results = await Promise.allSettled(receivers.map((to) => this.#send(intent, to, {})));
    const sent: Sent[] = [];
    const refused: { to: string; error: Error }[] = [];
    for (const [n, result] of results.entries()) {
      const to = receivers[n] ?? '';
      if (result.status === 'rejected') refused.push({ to, error: result.reason as Error });
      else sent.push({ intent_id: intent.intent_id, to });
    }
    return { sent, refused };
  }

  reply(from: string, intent: Intent, value: Json): Promise<void> {
    return this.#reply(from, intent, { value });
  }

  /** Reports to the asker that there will be no reply. If the report cannot be sent, the asker's deadline ends its wait. */
  refuse(from: string, intent: Intent, fault: ReplyFault): void {
    this.#reply(from, intent, { error: fault }).catch((error: unknown) => {
      const { log } = this.#parts;
      log.warn(
        { agent: from, intent: intent.intent_id, reason: reasonOf(error) },
        'the refusal could not be sent to the asker',
      );
    });
  }

  /** @returns whether a question was pending */
  answer(reply: Intent): boolean {
    const read = readReply(reply);
    return read !== undefined && this.#asks.answer(reply.from_agent, read.to, read.content);
  }

  close(): void {
    this.#parts.sender.close();
    this.#asks.close();
  }

  async #reply(from: string, intent: Intent, content: ReplyContent): Promise<void> {
    const { mesh, clock, newId, signals } = this.#parts;
    const to = intent.from_agent;
    const now = clock.now();
    const reply = makeIntent(replyDraft(content), {
      from,
      to,
      parent: intent,
      now,
      newId,
      inReplyTo: intent.intent_id,
    });
    const asker = parseAgentId(to);
    if (asker.kind === clientKind) {
      checkOutgoing(reply);
      return signals.notify(
        clientReplySubject(mesh, asker.key ?? ''),
        Buffer.from(encodeIntent(reply)).toString('utf8'),
      );
    }
    const leftMs = intent.deadline === undefined ? 0 : (fromIso(intent.deadline) ?? 0) - now;
    const options: SendOptions = { deadlineMs: Math.min(Math.max(replyMs, leftMs), longestReplyMs) };
    await this.#traced(reply, to, 'r', options);
  }

  #send(intent: Intent, to: string, options: SendOptions): Promise<Ticket | undefined> {
    return this.#traced(intent, to, 'i', options);
  }

  /** Hot path of every intent: allocates nothing while tracing is off. */
  #traced(intent: Intent, to: string, lane: 'i' | 'r', options: SendOptions): Promise<Ticket | undefined> {
    const { sender, tracing, sent } = this.#parts;
    const traced = tracing.send(intent, to);
    const { headers } = traced;
    if (headers === undefined) return sender.send({ intent, to, lane }, options, sent);
    return tracedPart(traced, () => sender.send({ intent, to, lane, headers }, options, sent));
  }

  #isHere(agent: string): boolean {
    return this.#parts.schemasOf(parseAgentId(agent).kind) !== undefined;
  }

  #heard(text: string): void {
    try {
      this.answer(decodeIntent(Buffer.from(text)));
    } catch (error) {
      this.#parts.log.warn({ reason: reasonOf(error) }, 'ignored a malformed reply');
    }
  }
}

/** @throws MissingReceiverError: untyped callers may omit the receiver */
function receiverOf(to: string | AgentRef | undefined | null): string {
  if (to === undefined || to === null) throw new MissingReceiverError();
  return typeof to === 'string' ? to : to.id;
}
