/** Sends announcements or questions over core NATS, without a store. */

import { ErrorCode, type Msg, NatsError } from 'nats';
import type { Clock } from '../../core/clock.ts';
import type { PropagatedHeaders } from '../propagated-headers.ts';
import type { Signals } from '../signals.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { readHeader } from './headers.ts';
import { keptSubscription } from './kept-subscription.ts';
import { explainRequest } from './refusals.ts';

/** Drops a message whose reply subject is not an inbox without reading it: its sender could get no answer. */
export function coreSignals(connection: GuardedConnection, clock: Clock, propagated: PropagatedHeaders): Signals {
  const { mayAnswer } = connection.inboxes;
  const watchers = new Set<(subject: string) => void>();
  const isHeard = ({ reply }: Msg, subject: string): boolean => {
    if (reply === undefined || reply === '' || mayAnswer(reply)) return true;
    for (const watcher of watchers) watcher(subject);
    return false;
  };
  const answer = ({ reply }: Msg, text: string): void => {
    if (reply === undefined || !mayAnswer(reply)) return;
    connection.publish(reply, fitting(text, connection.info?.max_payload ?? Number.POSITIVE_INFINITY));
  };
  return {
    notify: (subject, text) => connection.publish(subject, text),
    listen(subject, handler) {
      const subscription = keptSubscription(connection, clock, subject, {
        callback: (message) => {
          if (isHeard(message, subject)) handler(message.string(), (text) => answer(message, text));
        },
      });
      return () => subscription.unsubscribe();
    },
    serve(pattern, queue, handler) {
      const subscription = keptSubscription(connection, clock, pattern, {
        queue,
        callback: (message) => {
          if (!isHeard(message, pattern)) return;
          const answered = handler(message.subject, message.data, propagated.pick(message, readHeader));
          void answered.then((text) => answer(message, text));
        },
      });
      return () => subscription.unsubscribe();
    },
    onForeignReply(heard) {
      const watcher = (subject: string): void => heard(subject);
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    async ask(subject, text, timeoutMs) {
      try {
        return (await connection.request(subject, text, { timeout: timeoutMs })).string();
      } catch (error) {
        const isUnanswered =
          error instanceof NatsError && (error.code === ErrorCode.NoResponders || error.code === ErrorCode.Timeout);
        if (isUnanswered) return undefined;
        throw explainRequest(`asking on "${subject}"`, error);
      }
    },
  };
}

/** Replaces a text that the server would refuse, closing the connection, by an error. */
function fitting(text: string, maxPayload: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxPayload) return text;
  const message = `the answer has ${bytes} bytes, the server takes ${maxPayload}: ask for less`;
  return JSON.stringify({ error: { code: 'PARLEY_ANSWER_TOO_LARGE', message, retryable: false } });
}
