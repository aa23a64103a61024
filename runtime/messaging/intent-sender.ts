/** The way out of a node: checks an intent, finds its mailbox, passes the brakes, sends, and returns the ticket. */
import { type Clock, within } from '../core/clock.ts';
import { checkDeadline } from '../core/deadline.ts';
import type { MessageHeaders } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { type AgentId, clientKind, parseAgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { checkOutgoing, encodeIntent } from '../core/intent-codec.ts';
import { MissingKeyError } from '../core/intent-errors.ts';
import { checkAgainstSchemas, type IntentSchemas } from '../core/intent-schema.ts';
import { mailboxStream, mailboxSubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import type { EgressGate } from '../mailbox/egress-gate.ts';
import type { LaneSender } from '../mailbox/lane-sender.ts';
import { MailboxFullError, NodeStoppingError, SendTimeoutError, StoreFullError } from '../mailbox/mailbox-errors.ts';
import { messageId } from '../mailbox/message-id.ts';
import type { SendMode } from '../mailbox/sending.ts';

export interface SendOptions {
  /** Default `reject`. */
  readonly mode?: SendMode;
  /** How long to wait for the server's word, milliseconds, at most an hour. */
  readonly deadlineMs?: number;
}

/** Where mailboxes are; `runtime/cluster/directory.ts`. */
export interface MailboxLocator {
  locate(agent: AgentId): Place | Promise<Place>;
}

interface Place {
  readonly pool: string;
  readonly partition: number;
}

/** What is sent, and where it goes. */
export interface Outgoing {
  readonly intent: Intent;
  /** The receiver: a broadcast does not name it in the intent. */
  readonly to: string;
  /** Replies pass every brake but the lane's capacity: somebody waits for them. */
  readonly lane: 'i' | 'r';
  readonly headers?: MessageHeaders | undefined;
}

/** A checked intent on its way. */
interface Sending {
  readonly intent: Intent;
  readonly to: AgentId;
  readonly receiver: string;
  readonly lane: 'i' | 'r';
  readonly headers: MessageHeaders | undefined;
  readonly payload: Uint8Array;
  readonly mode: SendMode;
  /** Monotonic. */
  readonly giveUpAt: number;
  readonly stored: (ticket: Ticket) => void;
}

/** Which mailboxes and pools take nothing just now; `runtime/cluster/pool-watch.ts`. */
export interface Congestion {
  isClosed(pool: string, agent: string): boolean;
  /** Takes room for one intent in the pool's store. @returns whether there was some for such a sender */
  takeRoom(pool: string, rank: 'client' | 'agent', payloadBytes: number): boolean;
  /** Resolves when that may have changed, or after `ms` at the latest. */
  changed(ms: number): Promise<void>;
}

/** What message ids are hashed with; `runtime/cluster/mesh-secret.ts`. */
export interface MessageSalt {
  /** `undefined` until it has been loaded once. */
  readonly salt: string | undefined;
  loadSalt(): Promise<string>;
}

export interface IntentSenderParts {
  readonly mesh: string;
  readonly secret: MessageSalt;
  readonly clock: Clock;
  readonly locator: MailboxLocator;
  readonly congestion: Congestion;
  readonly egress: EgressGate;
  readonly lanes: LaneSender;
  /** The schemas of a kind, where this process knows them. */
  readonly schemasOf: (kind: string) => IntentSchemas | undefined;
  /** Whether the kind's agents have keys, where this process knows it. */
  readonly isKeyed: (kind: string) => boolean;
  readonly deadlineMs: number;
}

export class IntentSender {
  readonly #parts: IntentSenderParts;
  readonly #streams = new Map<string, string>();
  /** Lanes with sends that have yet to enter: the last one's turn. */
  readonly #entering = new Map<string, Promise<void>>();

  /** Ends the waiting of those whose receiver is being looked up. */
  readonly #lookingUp = new Set<(error: Error) => void>();

  constructor(parts: IntentSenderParts) {
    this.#parts = parts;
  }

  /** Nobody waits for a look-up any more. */
  close(): void {
    for (const refuse of this.#lookingUp) refuse(new NodeStoppingError());
  }

  /**
   * Resolves when the server has stored the intent; to `undefined` only in mode `drop`, when there was no room. `stored` is
   * called a moment before, in the order in which the server stored.
   * @throws every class of `core/intent-errors.ts`, `mailbox/mailbox-errors.ts`, and UnknownAgentError
   */
  send(outgoing: Outgoing, options: SendOptions, stored: (ticket: Ticket) => void): Promise<Ticket | undefined> {
    try {
      const sending = this.#check(outgoing, options, stored);
      const { from_agent: from } = sending.intent;
      const admitted = sending.lane === 'r' || this.#parts.egress.admit(from, sending.mode, sending.giveUpAt);
      const place = this.#locate(sending.to);
      const free = admitted === true && !(place instanceof Promise) && !this.#isEntering(sending);
      if (free && this.#congested(place.pool, sending) === undefined) return this.#dispatch(sending, place);
      return this.#enterInTurn(sending, admitted, place);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Also loads, once, what message ids are salted with. */
  #locate(to: AgentId): Place | Promise<Place> {
    const { locator, secret } = this.#parts;
    return secret.salt === undefined ? secret.loadSalt().then(() => locator.locate(to)) : locator.locate(to);
  }

  #check(
    { intent, to: receiver, lane, headers }: Outgoing,
    options: SendOptions,
    stored: (ticket: Ticket) => void,
  ): Sending {
    const { clock, schemasOf, isKeyed } = this.#parts;
    checkOutgoing(intent);
    checkDeadline(intent, 0);
    const to = parseAgentId(receiver);
    if (to.key === undefined && isKeyed(to.kind)) throw new MissingKeyError(to.kind);
    const schemas = lane === 'r' ? undefined : schemasOf(to.kind);
    if (schemas !== undefined) checkAgainstSchemas(to.kind, schemas, intent);
    const { mode = 'reject', deadlineMs = this.#parts.deadlineMs } = options;
    checkOptions(mode, deadlineMs);
    const payload = encodeIntent(intent);
    return { intent, to, receiver, lane, headers, payload, mode, giveUpAt: clock.monotonic() + deadlineMs, stored };
  }

  /**
   * For a send that has to wait before it may enter its lane: for a look-up, a token, or room. Those behind it in the lane
   * wait for it, so that call order is the lane's order.
   */
  async #enterInTurn(
    sending: Sending,
    admitted: boolean | Promise<boolean>,
    located: Place | Promise<Place>,
  ): Promise<Ticket | undefined> {
    const lane = laneOf(sending);
    const before = this.#entering.get(lane);
    let entered: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      entered = resolve;
    });
    this.#entering.set(lane, turn);
    let stored: Promise<Ticket | undefined> | undefined;
    try {
      const [isAdmitted, place] = await Promise.all([admitted, this.#located(sending, located)]);
      const passed = isAdmitted && (await this.#passCongestion(sending, place));
      if (before !== undefined) await this.#inTime(sending, before, 'earlier sends of its lane are still under way');
      if (passed) stored = this.#dispatch(sending, place);
    } finally {
      const enter = (): void => {
        if (this.#entering.get(lane) === turn) this.#entering.delete(lane);
        entered();
      };
      // one that gave up does not let those behind it overtake those before it
      if (before === undefined) enter();
      else void before.then(enter);
    }
    return stored;
  }

  /** @throws SendTimeoutError at the deadline */
  async #inTime({ receiver, giveUpAt }: Sending, turn: Promise<void>, why: string): Promise<void> {
    const { clock } = this.#parts;
    const came = await within(
      clock,
      Math.max(0, giveUpAt - clock.monotonic()),
      turn.then(() => true),
    );
    if (came === undefined) throw new SendTimeoutError(receiver, why);
  }

  /** Where its mailbox is; a look-up may take longer than its sender waits. */
  async #located({ receiver, giveUpAt }: Sending, located: Place | Promise<Place>): Promise<Place> {
    const { clock } = this.#parts;
    if (!(located instanceof Promise)) return located;
    let refuse: (error: Error) => void = () => undefined;
    const closed = new Promise<never>((_resolve, reject) => {
      refuse = reject;
    });
    this.#lookingUp.add(refuse);
    const found = within(clock, Math.max(0, giveUpAt - clock.monotonic()), located);
    const place = await Promise.race([found, closed]).finally(() => this.#lookingUp.delete(refuse));
    if (place === undefined) throw new SendTimeoutError(receiver, 'where its mailbox is could not be looked up');
    return place;
  }

  #dispatch(sending: Sending, place: Place): Promise<Ticket | undefined> {
    const { clock, lanes, secret } = this.#parts;
    const { intent, receiver, payload, headers, mode, giveUpAt } = sending;
    const { salt } = secret;
    if (salt === undefined) throw new Error('a lane is located before message ids have a salt');
    const subject = this.#subject(sending, place);
    return new Promise((resolve, reject) => {
      lanes.send({
        intentId: intent.intent_id,
        publication: {
          pool: place.pool,
          subject,
          messageId: messageId(salt, {
            from: intent.from_agent,
            to: receiver,
            lane: sending.lane,
            intentId: intent.intent_id,
            redrive: 1,
          }),
          payload,
          headers,
        },
        mode,
        deadlineMs: giveUpAt - clock.monotonic(),
        stored: (seq) => {
          const ticket = { intent_id: intent.intent_id, to: receiver, stream: this.#streamOf(place.pool), seq };
          resolve(ticket);
          sending.stored(ticket);
        },
        dropped: () => resolve(undefined),
        refused: reject,
      });
    });
  }

  #streamOf(pool: string): string {
    const known = this.#streams.get(pool) ?? mailboxStream(this.#parts.mesh, pool);
    this.#streams.set(pool, known);
    return known;
  }

  /** Hot path: a lane's name is made only while a send waits. */
  #isEntering(sending: Sending): boolean {
    return this.#entering.size > 0 && this.#entering.has(laneOf(sending));
  }

  #subject({ intent, to, lane }: Sending, { pool, partition }: Place): string {
    const from = parseAgentId(intent.from_agent);
    return mailboxSubject(this.#parts.mesh, { pool, partition, to, from, lane });
  }

  /** Asked once for each send that passes: it takes room. */
  #congested(pool: string, { intent, receiver, lane, payload }: Sending): 'closed' | 'full' | undefined {
    const { congestion } = this.#parts;
    if (lane === 'r') return undefined;
    if (congestion.isClosed(pool, receiver)) return 'closed';
    const rank = intent.from_agent.startsWith(clientPrefix) ? 'client' : 'agent';
    return congestion.takeRoom(pool, rank, payload.length) ? undefined : 'full';
  }

  /** @returns whether the send may go on; `false` lets it go */
  async #passCongestion(sending: Sending, place: Place): Promise<boolean> {
    const { pool } = place;
    for (;;) {
      const why = this.#congested(pool, sending);
      if (why === undefined) return true;
      if (sending.mode === 'drop') return false;
      const leftMs = sending.giveUpAt - this.#parts.clock.monotonic();
      if (sending.mode === 'reject' || leftMs <= 0) {
        throw why === 'full' ? new StoreFullError(pool) : new MailboxFullError(this.#subject(sending, place), 'closed');
      }
      await this.#parts.congestion.changed(leftMs);
    }
  }
}

const clientPrefix = `${clientKind}/`;
const modes: readonly unknown[] = ['reject', 'wait', 'drop'];
export const longestDeadlineMs = 3_600_000;

/** A deadline that is no number would never pass. */
function checkOptions(mode: SendMode, deadlineMs: number): void {
  if (!modes.includes(mode)) throw new InvalidOptionError('mode', 'one of reject, wait, drop', mode);
  if (deadlineMs > 0 && deadlineMs <= longestDeadlineMs) return;
  throw new InvalidOptionError(
    'deadlineMs',
    `a number of milliseconds above 0, at most ${longestDeadlineMs}`,
    deadlineMs,
  );
}

const laneOf = ({ intent, receiver, lane }: Sending): string => `${intent.from_agent}>${receiver}>${lane}`;
