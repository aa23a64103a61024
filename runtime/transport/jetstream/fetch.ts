/**
 * Reads stored messages of one lane again, by their sequences: pipelined direct gets, which every replica can answer (ADR-31).
 * A batched get by subject (`next_by_subj`) would have the server look at every message between two of the lane.
 */

import type { Msg } from 'nats';
import type { Clock } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { highest } from '../../core/extremes.ts';
import type { PropagatedHeaders } from '../propagated-headers.ts';
import { TransportUnavailableError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { headersOf, readHeader } from './headers.ts';
import { readStoreTime } from './store-time.ts';

const silenceMs = 2_000;
/** The approximate size of one read; the first messages show how large the others are. */
const readBytes = 1024 * 1024;
const firstMessages = 4;

export interface LanePlace {
  readonly stream: string;
  readonly subject: string;
  /** Ascending. */
  readonly seqs: readonly number[];
}

/**
 * Implements `Pools.fetch`. A replica may lag behind the leader: the leader is asked for messages that it does not know, also for
 * a message whose own headers make those of the answer unreadable.
 */
export async function fetchLane(
  connection: GuardedConnection,
  api: JetStreamApi,
  clock: Clock,
  at: LanePlace,
  propagated: PropagatedHeaders,
): Promise<readonly StoredMessage[]> {
  const found: StoredMessage[] = [];
  let [bytes, largest] = [0, readBytes / firstMessages];
  for (let next = 0; next < at.seqs.length && (found.length === 0 || bytes < readBytes); ) {
    const fitting = Math.max(1, Math.floor((readBytes - bytes) / largest));
    const seqs = at.seqs.slice(next, next + fitting);
    next += seqs.length;
    const known = await directGets(connection, clock, at, seqs, propagated);
    for (const seq of seqs) {
      const message = known.get(seq) ?? (await askLeader(api, at.stream, seq));
      if (message?.subject !== at.subject) continue;
      found.push(message);
      bytes += message.payload.length;
    }
    largest = Math.max(1, highest(found.map(({ payload }) => payload.length)));
  }
  return found;
}

function directGets(
  connection: GuardedConnection,
  clock: Clock,
  at: LanePlace,
  seqs: readonly number[],
  propagated: PropagatedHeaders,
): Promise<ReadonlyMap<number, StoredMessage>> {
  return new Promise((resolve, reject) => {
    const inbox = connection.newInbox();
    const found = new Map<number, StoredMessage>();
    let missing = seqs.length;
    const finish = (settle: () => void): void => {
      subscription.unsubscribe();
      timer.cancel();
      settle();
    };
    const fail = (reason: string): void =>
      finish(() => reject(new TransportUnavailableError(`reading "${at.subject}" again`, new Error(reason))));
    const timer = clock.after(silenceMs, () => fail(`no answer within ${silenceMs} ms`));
    const subscription = connection.subscribe(inbox, {
      callback: (_error, message: Msg) => {
        const code = headersOf(message)?.code ?? 0;
        if (code === 503) return fail('no server has the stream');
        const read = code === 0 ? readDirect(message, propagated) : undefined;
        if (read !== undefined) found.set(read.seq, read);
        if (--missing === 0) finish(() => resolve(found));
      },
    });
    const subject = apiSubject('DIRECT.GET', at.stream);
    for (const seq of seqs) connection.publish(subject, `{"seq":${seq}}`, { reply: inbox });
  });
}

function readDirect(message: Msg, propagated: PropagatedHeaders): StoredMessage | undefined {
  const { data } = message;
  const headers = headersOf(message);
  const seq = Number(headers?.get('Nats-Sequence'));
  const subject = headers?.get('Nats-Subject');
  if (!(seq > 0) || subject === undefined) return undefined;
  const storedAt = readStoreTime(headers?.get('Nats-Time-Stamp') ?? '');
  return { seq, subject, payload: data, storedAt, headers: propagated.pick(message, readHeader) };
}

/** The message was deleted with its stream, or alone. */
const gone: ReadonlySet<number> = new Set([errCode.noMessage, errCode.streamNotFound]);

interface StoredAnswer {
  readonly message: { readonly seq: number; readonly subject: string; readonly data?: string; readonly time: string };
}

/** Implements `Pools.find`. */
export async function askLeader(api: JetStreamApi, stream: string, seq: number): Promise<StoredMessage | undefined> {
  try {
    const { message } = await api.request<StoredAnswer>(apiSubject('STREAM.MSG.GET', stream), { seq });
    const { subject, time, data = '' } = message;
    return { seq, subject, storedAt: readStoreTime(time), payload: Buffer.from(data, 'base64') };
  } catch (error) {
    const isGone = error instanceof ApiRefusal && gone.has(error.errCode);
    if (isGone) return undefined;
    throw error;
  }
}
