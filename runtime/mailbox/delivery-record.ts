/**
 * What one partition has delivered to this node, and how far each message has come: an explicit record instead of a conclusion
 * from what is absent. A message is known by its sequence *and* the time at which the store took it, compared for equality: a
 * store that lost its newest messages uses their sequences again, possibly by a clock that is behind.
 *
 * held ──finishing()──▶ finishing (on its way to the archive) ──finish()──▶ finished ──confirmed()──▶ acknowledged
 *   └ the current feed passes it over: the store has it no longer ──▶ orphan: handled, never acknowledged
 *
 * A feed delivers everything unacknowledged in order of sequence. So what lies before the cursor was delivered or passed over by
 * the current feed, and only what it delivered may be acknowledged on it. The server's `max_ack_pending` bounds what is not
 * acknowledged; of the acknowledged only the newest stay, to be recognised when a server loses an acknowledgement in a crash.
 */

/** What a delivery is: `reused` is a new message at a sequence that was delivered with another. */
export type DeliveryStatus = 'new' | 'reused' | 'held' | 'finishing' | 'finished';

const held = 0;
const finishing = 1;
const finished = 2;
const acknowledged = 3;
const orphan = 4;

const standings: readonly DeliveryStatus[] = ['held', 'finishing', 'finished', 'finished', 'held'];

/** Acknowledged messages that are remembered, at least. */
const remembered = 2_048;
const firstCapacity = 64;
/** Bytes of one entry: sequence, time and state. */
const entryBytes = 17;
/** A record of the remembered alone is not counted: every partition has it. */
const uncounted = 4 * remembered;

export class DeliveryRecord {
  readonly #grown: (bytes: number) => void;
  /** Ascending. */
  #seqs = new Float64Array(firstCapacity);
  #times = new Float64Array(firstCapacity);
  #states = new Uint8Array(firstCapacity);
  #length = 0;
  /** The first entry that the current feed has neither delivered nor passed over. */
  #cursor = 0;
  #acknowledged = 0;

  /** @param grown told how many bytes more it takes, or fewer: negative */
  constructor(grown: (bytes: number) => void) {
    this.#grown = grown;
  }

  get length(): number {
    return this.#length;
  }

  /** Has something finished that the current feed has not delivered yet, so that it cannot be acknowledged? */
  get awaits(): boolean {
    for (let i = this.#cursor; i < this.#length; i++) {
      if (this.#states[i] === finishing || this.#states[i] === finished) return true;
    }
    return false;
  }

  /** The feed is over, or another begins, which delivers everything again that is not acknowledged. */
  expectAgain(): void {
    this.#cursor = 0;
  }

  /** The current feed has delivered all that was stored when it opened. */
  caughtUp(): void {
    while (this.#cursor < this.#length) this.#passOver(this.#cursor++);
  }

  /** Takes note of a delivery. */
  check(seq: number, storedAt: number): DeliveryStatus {
    if (this.#cursor > 0 && seq <= this.#seq(this.#cursor - 1)) return this.#again(seq, storedAt);
    while (this.#cursor < this.#length && this.#seq(this.#cursor) < seq) this.#passOver(this.#cursor++);
    const isKnown = this.#cursor < this.#length && this.#seq(this.#cursor) === seq;
    if (isKnown) return this.#known(this.#cursor, seq, storedAt);
    this.#insert(this.#cursor, seq, storedAt);
    return 'new';
  }

  /** It was handled, and goes to the archive before it is acknowledged. */
  finishing(seq: number): void {
    const at = this.#find(seq);
    if (this.#states[at] === held) this.#states[at] = finishing;
  }

  /** Nothing has to be done for it any more. @returns whether to acknowledge it now: the current feed delivered it */
  finish(seq: number): boolean {
    const at = this.#find(seq);
    if (at === -1) return false;
    if (this.#states[at] === orphan) this.#acknowledge(at);
    else if (this.#states[at] !== acknowledged) this.#states[at] = finished;
    return this.#states[at] === finished && at < this.#cursor;
  }

  /** The store has confirmed these acknowledgements. */
  confirmed(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const at = this.#find(seq);
      if (this.#states[at] === finished) this.#acknowledge(at);
    }
    if (this.#acknowledged >= 2 * remembered) this.#compact();
  }

  /** The store is proved to have it no longer. If it delivers it all the same, it is new. */
  drop(seq: number): void {
    const at = this.#find(seq);
    if (at === -1) return;
    this.#seqs.copyWithin(at, at + 1, this.#length);
    this.#times.copyWithin(at, at + 1, this.#length);
    this.#states.copyWithin(at, at + 1, this.#length);
    this.#length--;
    if (at < this.#cursor) this.#cursor--;
  }

  /** Was this very message delivered? */
  knows(seq: number, storedAt: number): boolean {
    const at = this.#find(seq);
    return at !== -1 && this.#times[at] === storedAt;
  }

  /** Forgets everything: the memory is given back. */
  clear(): void {
    this.#length = 0;
    this.#cursor = 0;
    this.#acknowledged = 0;
    this.#resize(firstCapacity);
  }

  #seq(at: number): number {
    return this.#seqs[at] as number;
  }

  /** The current feed delivers it although it had passed it: after `ack_wait`, or a sequence that is used again. */
  #again(seq: number, storedAt: number): DeliveryStatus {
    const at = this.#place(seq);
    if (at < this.#length && this.#seq(at) === seq) return this.#known(at, seq, storedAt);
    this.#insert(at, seq, storedAt);
    return 'new';
  }

  #known(at: number, seq: number, storedAt: number): DeliveryStatus {
    this.#cursor = Math.max(this.#cursor, at + 1);
    if (this.#times[at] === storedAt) {
      const state = this.#states[at] as number;
      if (state === orphan) this.#states[at] = held;
      return standings[state] as DeliveryStatus;
    }
    this.#truncate(at);
    this.#insert(at, seq, storedAt);
    return 'reused';
  }

  /** The feed did not deliver it: the store has it no longer, acknowledged or not. */
  #passOver(at: number): void {
    const state = this.#states[at];
    if (state === held) this.#states[at] = orphan;
    else if (state === finishing || state === finished) this.#acknowledge(at);
  }

  #acknowledge(at: number): void {
    this.#states[at] = acknowledged;
    this.#acknowledged++;
  }

  /** Everything from there on belongs to what the store has lost. */
  #truncate(at: number): void {
    for (let i = at; i < this.#length; i++) if (this.#states[i] === acknowledged) this.#acknowledged--;
    this.#length = at;
    this.#cursor = Math.min(this.#cursor, at);
  }

  #insert(at: number, seq: number, storedAt: number): void {
    if (this.#length === this.#seqs.length) this.#resize(2 * this.#length);
    if (at < this.#length) {
      this.#seqs.copyWithin(at + 1, at, this.#length);
      this.#times.copyWithin(at + 1, at, this.#length);
      this.#states.copyWithin(at + 1, at, this.#length);
    }
    this.#seqs[at] = seq;
    this.#times[at] = storedAt;
    this.#states[at] = held;
    this.#length++;
    this.#cursor++;
  }

  /** Forgets the oldest of the acknowledged. */
  #compact(): void {
    let excess = this.#acknowledged - remembered;
    let kept = 0;
    let cursor = this.#cursor;
    for (let i = 0; i < this.#length; i++) {
      if (excess > 0 && this.#states[i] === acknowledged) {
        excess--;
        if (i < this.#cursor) cursor--;
        continue;
      }
      this.#seqs[kept] = this.#seqs[i] as number;
      this.#times[kept] = this.#times[i] as number;
      this.#states[kept] = this.#states[i] as number;
      kept++;
    }
    this.#acknowledged = remembered;
    this.#length = kept;
    this.#cursor = cursor;
    if (kept * 4 < this.#seqs.length) this.#resize(2 * kept);
  }

  #resize(capacity: number): void {
    const counted = (entries: number): number => Math.max(0, entries - uncounted) * entryBytes;
    const before = counted(this.#seqs.length);
    const [seqs, times, states] = [this.#seqs, this.#times, this.#states];
    this.#seqs = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#seqs.set(seqs.subarray(0, this.#length));
    this.#times.set(times.subarray(0, this.#length));
    this.#states.set(states.subarray(0, this.#length));
    if (counted(capacity) !== before) this.#grown(counted(capacity) - before);
  }

  /** Its index, or -1. */
  #find(seq: number): number {
    const at = this.#place(seq);
    return at < this.#length && this.#seq(at) === seq ? at : -1;
  }

  /** The index of the first entry whose sequence is not lower. */
  #place(seq: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#seq(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
