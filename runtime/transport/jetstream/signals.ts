/** Core NATS: announcements and questions that need no store. */

import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import type { CarriedHeaders } from '../carried-headers.ts';
import type { Signals } from '../transport.ts';
import { readHeader } from './headers.ts';

export function coreSignals(connection: NatsConnection, carried: CarriedHeaders): Signals {
  return {
    notify: (subject, text) => connection.publish(subject, text),
    listen(subject, handler) {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) handler(message.string(), (text) => void message.respond(text));
        },
      });
      return () => subscription.unsubscribe();
    },
    serve(pattern, queue, handler) {
      const subscription = connection.subscribe(pattern, {
        queue,
        callback: (error, message) => {
          if (error !== null) return;
          const answered = handler(message.subject, message.data, carried.pick(message, readHeader));
          void answered.then((text) => message.respond(text));
        },
      });
      return () => subscription.unsubscribe();
    },
    async ask(subject, text, timeoutMs) {
      try {
        return (await connection.request(subject, text, { timeout: timeoutMs })).string();
      } catch (error) {
        const nobody =
          error instanceof NatsError && (error.code === ErrorCode.NoResponders || error.code === ErrorCode.Timeout);
        if (nobody) return undefined;
        throw error;
      }
    },
  };
}
