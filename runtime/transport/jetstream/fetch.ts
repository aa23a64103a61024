/** Reads stored messages of one lane again: a batched direct get, which every replica can answer (ADR-31). */
import { createInbox, type Msg, type NatsConnection } from 'nats';
import type { Clock } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { TransportUnavailableError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';

const silenceMs = 2_000;
const batchBytes = 1024 * 1024;

export interface LanePlace {
  readonly stream: string;
  readonly subject: string;
  readonly fromSeq: number;
  readonly count: number;
}

/**
 * The messages of the lane from `fromSeq` on, at most `count`. A replica may lag behind the leader and know none: then the
 * leader is asked for the first one.
 */
export async function fetchLane(
  connection: NatsConnection,
  api: JetStreamApi,
  clock: Clock,
  at: LanePlace,
): Promise<readonly StoredMessage[]> {
  const found = await directBatch(connection, clock, at);
  return found.length > 0 ? found : askLeader(api, at);
}

function directBatch(connection: NatsConnection, clock: Clock, at: LanePlace): Promise<readonly StoredMessage[]> {
  return new Promise((resolve, reject) => {
    const inbox = createInbox();
    const found: StoredMessage[] = [];
    const finish = (): void => {
      subscription.unsubscribe();
      timer.cancel();
    };
    const timer = clock.after(silenceMs, () => {
      finish();
      reject(new TransportUnavailableError(`reading "${at.subject}" again`));
    });
    const subscription = connection.subscribe(inbox, {
      callback: (_error, message: Msg) => {
        const { headers } = message;
        if (headers !== undefined && headers.code < 300 && headers.code !== 204) {
          found.push({ seq: Number(headers.get('Nats-Sequence')), subject: at.subject, payload: message.data });
          return;
        }
        finish();
        resolve(found);
      },
    });
    const request = { seq: at.fromSeq, next_by_subj: at.subject, batch: at.count, max_bytes: batchBytes };
    connection.publish(`$JS.API.DIRECT.GET.${at.stream}`, JSON.stringify(request), { reply: inbox });
  });
}

interface NextMessage {
  readonly message: { readonly seq: number; readonly data?: string };
}

async function askLeader(api: JetStreamApi, at: LanePlace): Promise<readonly StoredMessage[]> {
  try {
    const { message } = await api.request<NextMessage>(`$JS.API.STREAM.MSG.GET.${at.stream}`, {
      seq: at.fromSeq,
      next_by_subj: at.subject,
    });
    return [{ seq: message.seq, subject: at.subject, payload: Buffer.from(message.data ?? '', 'base64') }];
  } catch (error) {
    if (error instanceof ApiRefusal && error.errCode === errCode.noMessage) return [];
    throw error;
  }
}
