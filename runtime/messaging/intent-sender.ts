/** The outgoing path of a node: checks an intent, finds its mailbox, applies the brakes, sends, returns the ticket. */
import { type Clock, within } from '../core/clock.ts';
import type { AgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { mailboxStream } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import type { EgressGate } from '../mailbox/egress-gate.ts';
import type { LaneSender } from '../mailbox/lane-sender.ts';
import { MailboxFullError, NodeStoppingError, SendTimeoutError, StoreFullError } from '../mailbox/mailbox-errors.ts';
import { messageId } from '../mailbox/message-id.ts';
import type { StoreObstacle } from '../mailbox/send-limits.ts';
import { CheckedIntent, type KindChecks, type Outgoing, type Place, type SendOptions } from './checked-intent.ts';
import { EntryQueue } from './entry-queue.ts';
import { LaneSend } from './lane-send.ts';

/** Locates mailboxes; `runtime/cluster/directory.ts`. */
export interface MailboxLocator {
  locate(agent: AgentId): Place | Promise<Place>;
}

/** Knows which mailboxes or pools are closed at the moment; `runtime/cluster/congestion-monitor.ts`. */
export interface Congestion {
  isClosed(pool: string, agent: string): boolean;
  /** Takes room for one intent in the pool's store. @returns whether there was room for a sender of this rank */
  takeRoom(pool: string, rank: 'client' | 'agent', payloadBytes: number): boolean;
  /** Resolves when that may have changed, or after `ms`. */
  changed(ms: number): Promise<void>;
}

/** The salt for hashing message ids; `runtime/cluster/mesh-secret.ts`. */
export interface MessageSalt {
  /** `undefined` until it has been loaded once. */
  readonly salt: string | undefined;
  loadSalt(): Promise<string>;
}

export interface IntentSenderParts extends KindChecks {
  readonly mesh: string;
  readonly secret: MessageSalt;
  readonly clock: Clock;
  readonly directory: MailboxLocator;
  readonly congestion: Congestion;
  readonly egress: EgressGate;
  readonly lanes: LaneSender;
  readonly obstacle: StoreObstacle;
  readonly deadlineMs: number;
}

export class IntentSender {
  readonly #parts: IntentSenderParts;
  readonly #streams = new Map<string, string>();
  readonly #entries: EntryQueue;
  /** Callbacks that end pending look-ups. */
  readonly #lookingUp = new Set<(error: Error) => void>();

  constructor(parts: IntentSenderParts) {
    this.#parts = parts;
    this.#entries = new EntryQueue(parts.clock, parts.obstacle);
  }

  /** Ends every look-up when the node stops. */
  close(): void {
    for (const refuse of this.#lookingUp) refuse(new NodeStoppingError());
  }

  /**
   * Resolves when the server has stored the intent; to `undefined` only in mode `drop`, when there was no room. Calls `sent`
   * just before, in the server's order.
   * @throws every class of `core/intent-errors.ts`, `mailbox/mailbox-errors.ts`, and UnknownAgentError
   */
  send(
    outgoing: Outgoing,
    options: SendOptions,
    sent: (intent: Intent, ticket: Ticket) => void,
  ): Promise<Ticket | undefined> {
    const { clock, egress, deadlineMs } = this.#parts;
    try {
      const checked = new CheckedIntent(outgoing, options, sent, this.#parts, deadlineMs, clock.monotonic());
      const admitted = checked.lane === 'r' || egress.admit(checked.from, checked.mode, checked.giveUpAt);
      const place = this.#locate(checked.to);
      const isFree = admitted === true && !(place instanceof Promise) && !this.#entries.isWaiting(checked);
      if (isFree && this.#congested(place.pool, checked) === undefined) return this.#dispatch(checked, place);
      return this.#enterInTurn(checked, admitted, place);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Locates the mailbox; also loads the salt of message ids, once. */
  #locate(to: AgentId): Place | Promise<Place> {
    const { directory, secret } = this.#parts;
    return secret.salt === undefined ? secret.loadSalt().then(() => directory.locate(to)) : directory.locate(to);
  }

  async #enterInTurn(
    checked: CheckedIntent,
    admitted: boolean | Promise<boolean>,
    located: Place | Promise<Place>,
  ): Promise<Ticket | undefined> {
    let found: Place | undefined;
    const pass = async (): Promise<boolean> => {
      const [isAdmitted, place] = await Promise.all([admitted, this.#located(checked, located)]);
      found = place;
      return isAdmitted && (await this.#passCongestion(checked, place));
    };
    // wrapped in an object: an async function would await the promise inside the lane's turn
    const entered = await this.#entries.enter(checked, pass, () =>
      found === undefined ? undefined : { ticket: this.#dispatch(checked, found) },
    );
    return entered?.ticket;
  }

  /** Locates the mailbox until the sender's deadline, since a look-up may take longer. */
  async #located({ receiver, giveUpAt }: CheckedIntent, located: Place | Promise<Place>): Promise<Place> {
    const { clock, obstacle } = this.#parts;
    if (!(located instanceof Promise)) return located;
    let refuse: (error: Error) => void = () => undefined;
    const closed = new Promise<never>((_resolve, reject) => {
      refuse = reject;
    });
    this.#lookingUp.add(refuse);
    const found = within(clock, Math.max(0, giveUpAt - clock.monotonic()), located);
    const place = await Promise.race([found, closed]).finally(() => this.#lookingUp.delete(refuse));
    if (place === undefined)
      throw new SendTimeoutError(receiver, obstacle() ?? 'where its mailbox is could not be looked up');
    return place;
  }

  #dispatch(checked: CheckedIntent, place: Place): Promise<Ticket | undefined> {
    const { mesh, lanes, secret } = this.#parts;
    const { intent, receiver: to, lane, from } = checked;
    const { salt } = secret;
    if (salt === undefined) throw new Error('a lane is located before message ids have a salt');
    const address = {
      pool: place.pool,
      subject: checked.subject(mesh, place),
      messageId: messageId(salt, { from, to, lane, intentId: intent.intent_id, redrive: 1 }),
      stream: this.#streamOf(place.pool),
    };
    return new Promise((resolve, reject) => lanes.send(new LaneSend(checked, address, resolve, reject)));
  }

  #streamOf(pool: string): string {
    const known = this.#streams.get(pool);
    if (known !== undefined) return known;
    const stream = mailboxStream(this.#parts.mesh, pool);
    this.#streams.set(pool, stream);
    return stream;
  }

  /** Checks congestion once per send: a successful check takes room. */
  #congested(pool: string, checked: CheckedIntent): 'closed' | 'full' | undefined {
    const { congestion } = this.#parts;
    if (checked.lane === 'r') return undefined;
    if (congestion.isClosed(pool, checked.receiver)) return 'closed';
    return congestion.takeRoom(pool, checked.rank, checked.payload.length) ? undefined : 'full';
  }

  /** @returns whether the send may continue; `false`: it is dropped */
  async #passCongestion(checked: CheckedIntent, place: Place): Promise<boolean> {
    const { mesh, clock, congestion } = this.#parts;
    const { pool } = place;
    for (;;) {
      const why = this.#congested(pool, checked);
      if (why === undefined) return true;
      if (checked.mode === 'drop') return false;
      const leftMs = checked.giveUpAt - clock.monotonic();
      if (checked.mode === 'reject' || leftMs <= 0) {
        throw why === 'full' ? new StoreFullError(pool) : new MailboxFullError(checked.subject(mesh, place), 'closed');
      }
      await congestion.changed(leftMs);
    }
  }
}
