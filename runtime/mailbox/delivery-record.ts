/**
 * Records the deliveries of one partition to this node with the state of each: an explicit record, so that nothing is concluded
 * from absence. Sequence *and* storage time together identify a message, compared for equality: a store that lost its newest
 * messages reuses their sequences, possibly with a slower clock.
 *
 * held ──finishing()──▶ finishing (on its way to the archive) ──finish()──▶ finished ──confirmed()──▶ acknowledged
 *   └ the current feed passes it over: the store no longer has it ──▶ orphan: handled, never acknowledged
 *
 * A feed delivers everything unacknowledged in order of sequence. So the current feed has delivered or passed over everything
 * before the cursor. Only what it delivered may be acknowledged on it. The server's `max_ack_pending` bounds the unacknowledged
 * entries. Of the acknowledged ones only the newest stay, so that they are recognised when a server loses an acknowledgement in
 * a crash.
 */

/** The status of a delivery; `reused`: a new message at a sequence that another message had. */
export type DeliveryStatus = 'new' | 'reused' | 'held' | 'finishing' | 'finished';

const held = 0;
const finishing = 1;
const finished = 2;
const acknowledged = 3;
const orphan = 4;

const standings: readonly DeliveryStatus[] = ['held', 'finishing', 'finished', 'finished', 'held'];

/** Minimum number of acknowledged messages that are kept. */
const remembered = 2_048;
const firstCapacity = 64;
/** Bytes of one entry: sequence, time and state. */
const entryBytes = 17;
/** A record that holds only acknowledged messages does not count: every partition has one. */
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

  /** @param grown called with the change of its size in bytes; negative for a decrease */
  constructor(grown: (bytes: number) => void) {
    this.#grown = grown;
  }

  get length(): number {
    return this.#length;
  }

  /** Tells whether a finished message waits for its redelivery by the current feed, before which it cannot be acknowledged. */
  get awaits(): boolean {
    for (let i = this.#cursor; i < this.#length; i++) {
      if (this.#states[i] === finishing || this.#states[i] === finished) return true;
    }
    return false;
  }

  /** Prepares for a new feed, which redelivers everything unacknowledged. */
  expectAgain(): void {
    this.#cursor = 0;
  }

  /** The current feed has delivered everything that was stored when it opened. */
  caughtUp(): void {
    while (this.#cursor < this.#length) this.#passOver(this.#cursor++);
  }

  /** Records a delivery and returns its status. */
  check(seq: number, storedAt: number): DeliveryStatus {
    if (this.#cursor > 0 && seq <= this.#seq(this.#cursor - 1)) return this.#again(seq, storedAt);
    while (this.#cursor < this.#length && this.#seq(this.#cursor) < seq) this.#passOver(this.#cursor++);
    const isKnown = this.#cursor < this.#length && this.#seq(this.#cursor) === seq;
    if (isKnown) return this.#known(this.#cursor, seq, storedAt);
    this.#insert(this.#cursor, seq, storedAt);
    return 'new';
  }

  /** Marks a message as handled: it goes to the archive before it is acknowledged. */
  finishing(seq: number): void {
    const at = this.#find(seq);
    if (this.#states[at] === held) this.#states[at] = finishing;
  }

  /** Marks a message as finished. @returns whether to acknowledge it now, because the current feed delivered it */
  finish(seq: number): boolean {
    const at = this.#find(seq);
    if (at === -1) return false;
    if (this.#states[at] === orphan) this.#acknowledge(at);
    else if (this.#states[at] !== acknowledged) this.#states[at] = finished;
    return this.#states[at] === finished && at < this.#cursor;
  }

  /** Marks these acknowledgements as confirmed by the store. */
  confirmed(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const at = this.#find(seq);
      if (this.#states[at] === finished) this.#acknowledge(at);
    }
    if (this.#acknowledged >= 2 * remembered) this.#compact();
  }

  /** Drops a message that the store provably no longer has. A later delivery of it counts as new. */
  drop(seq: number): void {
    const at = this.#find(seq);
    if (at === -1) return;
    this.#seqs.copyWithin(at, at + 1, this.#length);
    this.#times.copyWithin(at, at + 1, this.#length);
    this.#states.copyWithin(at, at + 1, this.#length);
    this.#length--;
    if (at < this.#cursor) this.#cursor--;
  }

  /** Tells whether exactly this message was delivered. */
  knows(seq: number, storedAt: number): boolean {
    const at = this.#find(seq);
    return at !== -1 && this.#times[at] === storedAt;
  }

  /** Forgets everything and frees the memory. */
  clear(): void {
    this.#length = 0;
    this.#cursor = 0;
    this.#acknowledged = 0;
    this.#resize(firstCapacity);
  }

  #seq(at: number): number {
    return this.#seqs[at] as number;
  }

  /** Handles a delivery behind the cursor: a redelivery after `ack_wait`, or a reused sequence. */
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

  /** Handles an entry that the feed did not deliver: the store no longer has it, acknowledged or not. */
  #passOver(at: number): void {
    const state = this.#states[at];
    if (state === held) this.#states[at] = orphan;
    else if (state === finishing || state === finished) this.#acknowledge(at);
  }

  #acknowledge(at: number): void {
    this.#states[at] = acknowledged;
    this.#acknowledged++;
  }

  /** Drops everything from this index on: it belongs to what the store has lost. */
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

  /** Drops the oldest acknowledged entries. */
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

  /** Returns the index of a sequence, or -1. */
  #find(seq: number): number {
    const at = this.#place(seq);
    return at < this.#length && this.#seq(at) === seq ? at : -1;
  }

  /** Returns the index of the first entry whose sequence is not lower. */
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
