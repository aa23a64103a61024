/**
 * The port to the message store: what the runtime needs of JetStream, in the runtime's own words. Adapters:
 * `jetstream/jetstream-transport.ts` and `simulated/simulated-transport.ts`; both pass `test/contract/transport-contract.ts`.
 *
 * Deliberately absent: lane order, retries, settling and ownership. They are decided above, in `mailbox/` and `cluster/`,
 * so that they hold on every adapter.
 */
import type { Delivery, MessageHeaders, StoredMessage } from '../core/delivery.ts';
import type { Publisher } from '../core/publication.ts';

export interface Transport extends Publisher, AsyncDisposable {
  /** What the other side is, for people: `nats-server 2.15.1 at nats://127.0.0.1:4222`. */
  readonly describe: string;
  /** Whose streams these are. */
  readonly mesh: string;
  /** As far as is known: a dead peer is noticed after seconds. */
  readonly isConnected: boolean;
  /** What is wrong with it just now, each a sentence: subjects that the server refuses, streams that are gone. */
  readonly problems: readonly string[];

  /** Pool constants, kinds: keys of `[a-z0-9_.]`. Read through the leader. */
  readonly meshConfig: KeyValueStore;
  /** Partition ownership, key `<pool>.<partition>`. A write's revision is the epoch. Read through the leader. */
  readonly owners: KeyValueStore;
  /** What is appended and never changed. */
  readonly logs: Readonly<Record<LogName, RecordLog>>;
  /** Requests that may be repeated: entries are forgotten after a day, the oldest first when there is no room. */
  readonly requests: KeyValueStore;
  /** Acts that were begun, and intents that may be acted for later: kept for a week, refused when there is no room. */
  readonly acts: KeyValueStore;
  /** What agents share. */
  readonly shared: KeyValueStore;
  /** Short-term context, kept for a day at the longest. */
  readonly working: KeyValueStore;
  /** The registry: keys of `[a-z0-9_.-]`. */
  readonly registry: KeyValueStore;
  /** The mesh's secret: only nodes may read it. Read through the leader. */
  readonly secret: KeyValueStore;
  /** Core NATS: at most once, nobody may be listening. */
  readonly signals: Signals;

  /** Adds names, in lower case, of headers that deliveries and requests bring; none unless they are asked for. */
  carry(names: readonly string[]): void;

  /**
   * Makes the pool's stream, or adopts the one that is there. Idempotent.
   * @throws StreamConflictError when it has another setting than one that was given, or one that mailboxes cannot do with
   */
  ensurePool(pool: PoolSettings): Promise<void>;

  /**
   * Opens the one consumer of a partition, named after its epoch. It deletes those of other epochs, each only while the ownership
   * record still is the one of this epoch. From then on every unacknowledged message of the partition is delivered in order of
   * `seq`, without a gap, until the feed breaks. It may open although the record is another by now: `confirm` tells.
   * @throws TransportUnavailableError when the store does not answer; StaleEpochError; ForeignConsumerError
   */
  openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed>;

  /**
   * Proves that the partition's ownership record still is the one of this epoch: a write that a majority of the store takes only
   * then. A read would not prove it: a leader that was cut off answers from the past. One try.
   * @throws StaleEpochError when the record is another; TransportUnavailableError when no answer comes
   */
  confirm(at: FeedPlace): Promise<void>;

  /** Proves contact for a node that owns nothing: a write that a majority of the store takes. One try. @throws TransportUnavailableError */
  reach(pool: string): Promise<void>;

  /**
   * Repeats a message on a subject every 500 ms, also while the main loop is busy, until it is stopped.
   * @param failed called with the reason when it cannot do that: its thread could not be loaded, or ended
   */
  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat;

  /**
   * Reads messages of one lane again, by their sequences, in ascending order. Those that are no longer stored are left out; of
   * many or large ones only the first may be read. Nothing: none of them is stored any more.
   */
  fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]>;

  /** Reads one message by its sequence, through the leader; `undefined` when it is not stored any more. */
  find(pool: string, seq: number): Promise<StoredMessage | undefined>;

  /** How full the pool's stream is, and what time it is there. Asked for 2 s at most: the answer is of now, or none. */
  usage(pool: string): Promise<PoolUsage>;

  /** Messages that stand in partitions other than 0 to `partitions` - 1; for a look now and then, not for every message. */
  strays(pool: string, partitions: number): Promise<readonly StrayPartition[]>;

  /** How many messages the pool's stream holds. */
  backlog(pool: string): Promise<number>;

  /** Calls `listener` on every change; returns the way to stop that. */
  onStatus(listener: (status: TransportStatus) => void): () => void;

  close(): Promise<void>;
}

export type TransportStatus = 'connected' | 'disconnected';

export interface PoolSettings {
  readonly pool: string;
  readonly partitions: number;
  /** Messages that one lane holds: more are refused as `mailbox_full`. */
  readonly laneCapacity: number;
  /** Bytes that the pool's stream holds: more are refused as `store_full`. */
  readonly maxBytes: number;
  readonly replicas: number;
  /** How long a message id is remembered, milliseconds. */
  readonly dedupeWindowMs: number;
  /** What somebody asked for: a pool that exists must have just that. The rest is taken as it is there. Default: all. */
  readonly given?: readonly PoolOption[];
}

export type PoolOption = 'laneCapacity' | 'maxBytes' | 'replicas' | 'dedupeWindowMs';

/** Messages for a partition that the pool does not have: nobody will ever take them. */
export interface StrayPartition {
  /** As it stands in their subjects. */
  readonly partition: string;
  readonly messages: number;
}

export interface PoolUsage {
  readonly messages: number;
  readonly bytes: number;
  /** Zero or less: unlimited. */
  readonly maxBytes: number;
  /** By the store's clock when it answered: milliseconds since 1970, as `storedAt` of its messages; NaN: not said. */
  readonly time: number;
}

export interface FeedPlace {
  readonly pool: string;
  readonly partition: number;
  readonly epoch: number;
}

export interface FeedSink {
  deliver(delivery: Delivery): void;
  /** The feed is over, once, and delivers nothing any more: claim the partition again, or learn that it is lost. */
  broken(reason: FeedBreak): void;
}

/**
 * - `disconnected`: the connection was lost; what was on its way may be.
 * - `gap`: a message that the server counts as delivered did not arrive.
 * - `leader_moved`: another server leads the consumer now. Acknowledgements on their way to the old one are lost, and one that
 *   the new one confirms says nothing of them (measured with `replicas: 3`).
 * - `deleted`: the consumer is gone: another owner, or an operator.
 */
export type FeedBreak = 'disconnected' | 'gap' | 'leader_moved' | 'deleted';

export interface Feed {
  /** It has delivered as many messages as were stored when it opened: what it has not delivered of those is gone. */
  readonly isCaughtUp: boolean;
  /**
   * Keep up to `messages` requested from the store; 0 stops. A message already requested may still come. A feed that requests
   * nothing lives all the same: it does not break for its own silence.
   */
  window(messages: number): void;
  /** Gives back one message that this feed delivered, unconfirmed. Without effect for any other. */
  ack(seq: number): void;
  /**
   * Gives back one message; resolves when the server has confirmed it and every `ack` before it on this feed.
   * @throws NotDeliveredError when this feed did not deliver it; TransportUnavailableError
   */
  ackConfirmed(seq: number): Promise<void>;
  /** Stops delivering, and deletes the consumer so that another owner need not wait for anything. */
  close(): Promise<void>;
}

/** What a heartbeat says; `contact_ms`, the age of the last contact, is added to it. */
export type HeartbeatFields = Readonly<Record<string, string | number>>;

export interface Heartbeat {
  /** What each beat says from now on; nothing is said before the first call. */
  say(fields: HeartbeatFields): void;
  /** The main loop had a proof of contact, sent `ageMs` ago. */
  contacted(ageMs: number): void;
  stop(): Promise<void>;
}

/**
 * - `dead`: dead letters, key `<pool>.<partition>.<seq>`: the sequence of the intent in its pool's stream.
 * - `handled`: marks of handled intents whose senders may ask for them, key `<pool>.<partition>.<seq>`; the newest 100,000.
 * - `escalations`: calls for a human, key `<kind>.<key or =>`.
 * - `archive`: finished intents in groups, key `<pool>.<partition>`.
 * - `decisions`: what policy decided of each act, key `<kind>.<key or =>`.
 * - `knowledge`: changes of the semantic memory, kept for ever, key `<document id>`.
 */
export type LogName = 'dead' | 'handled' | 'escalations' | 'archive' | 'decisions' | 'knowledge';

export interface RecordLog {
  /** Bytes that the payload of one record may have on the server that is connected just now. */
  readonly maxBytes: number;
  /**
   * Resolves to the record's sequence when the store has it. The same `messageId` is kept once.
   * @throws RecordRefusedError when another try changes nothing; TransportUnavailableError
   */
  append(record: NewRecord): Promise<number>;
  /** The first record whose sequence is at least `seq`, of this key or of any; `undefined` when there is none (yet). */
  next(seq: number, key?: string): Promise<LoggedRecord | undefined>;
  /** The newest record of exactly this key, found without looking at others. */
  latest(key: string): Promise<LoggedRecord | undefined>;
  /** The newest sequence; 0 when nothing was ever appended. */
  last(): Promise<number>;
}

/** What is taken for `maxBytes` where no server has said: the default of nats-server is 1 MiB, headers included. */
export const usualRecordBytes: number = 1024 * 1024 - 256;

export interface NewRecord {
  readonly key: string;
  readonly messageId: string;
  readonly payload: Uint8Array;
}

export interface LoggedRecord {
  readonly seq: number;
  readonly key: string;
  readonly payload: Uint8Array;
}

export interface KeyValueStore {
  /** The newest value of a key, read from the leader. */
  read(key: string): Promise<Entry | undefined>;
  /**
   * Writes if the key's revision still is `expected` (0: the key is absent).
   * @returns the new revision
   * @throws RevisionConflictError
   */
  write(key: string, value: string, expected: number): Promise<number>;
  /** Everything whose key begins with `<prefix>.`, by key. Not one moment of the store: entry by entry. */
  list(prefix: string): Promise<readonly KeyedEntry[]>;
  /** Does nothing if it is not there. */
  remove(key: string): Promise<void>;
}

export interface KeyedEntry extends Entry {
  readonly key: string;
}

export interface Entry {
  readonly value: string;
  readonly revision: number;
}

/** The answer's text. Must not reject. */
export type Serve = (subject: string, payload: Uint8Array, headers: MessageHeaders | undefined) => Promise<string>;

export interface Signals {
  notify(subject: string, text: string): void;
  /** Returns the way to stop. `answer` replies to whoever asked. */
  listen(subject: string, handler: (text: string, answer: (text: string) => void) => void): () => void;
  /**
   * Answers requests from anybody on the server, whatever speaks NATS, on every subject that fits the pattern (`*` is one token); of
   * all that serve in the same queue, one gets each. Returns the way to stop.
   */
  serve(pattern: string, queue: string, handler: Serve): () => void;
  /**
   * Tells of each message that is dropped because its reply subject is no inbox: with the subject that is listened on, or the pattern
   * that is served. Returns the way to stop.
   */
  onForeignReply(heard: (subject: string) => void): () => void;
  /** The first answer, or `undefined` when nobody listens or none came in time. */
  ask(subject: string, text: string, timeoutMs: number): Promise<string | undefined>;
}
