/** Signals of one connection: at most once, in order from each sender to each listener, lost while it is cut. */
import type { Clock, Timer } from '../../core/clock.ts';
import { checkPattern, checkQueue, checkSubject } from '../../core/subject-rules.ts';
import type { Signals } from '../signals.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Link } from './link.ts';

export interface ConnectionSignals extends Signals {
  /** Ends all listeners of this connection. */
  close(): void;
}

export function simulatedSignals(broker: SimulatedBroker, clock: Clock, link: Link): ConnectionSignals {
  const toStore = link.channel();
  const fromStore = link.channel();
  const stops = new Set<() => void>();
  return {
    notify(subject, text) {
      checkSubject(subject);
      toStore.send(`signal to ${subject}`, () => void broker.switchboard.send(subject, text));
    },
    listen(subject, handler) {
      checkPattern(subject);
      let over = false;
      const remove = broker.switchboard.listen(subject, (text, reply) => {
        fromStore.send(`signal from ${subject}`, () => {
          if (over) return;
          handler(text, (answer) => {
            if (reply !== undefined) toStore.send(`answer on ${subject}`, () => reply(answer));
          });
        });
      });
      const stop = (): void => {
        over = true;
        stops.delete(stop);
        remove();
      };
      stops.add(stop);
      return stop;
    },
    serve(pattern, queue, handler) {
      checkPattern(pattern);
      checkQueue(queue);
      const remove = broker.switchboard.serve(pattern, queue, (subject, text, reply) => {
        fromStore.send(`request on ${subject}`, () => {
          void handler(subject, Buffer.from(text), undefined).then((answer) => {
            toStore.send(`answer on ${subject}`, () => reply(answer));
          });
        });
      });
      const stop = (): void => {
        stops.delete(stop);
        remove();
      };
      stops.add(stop);
      return stop;
    },
    // there is no reply subject that another client could have chosen
    onForeignReply: () => () => undefined,
    async ask(subject, text, timeoutMs) {
      checkSubject(subject);
      return new Promise((resolve) => {
        const timer: Timer = clock.after(timeoutMs, () => resolve(undefined));
        const answered = (answer: string | undefined): void => {
          fromStore.send(`answer from ${subject}`, () => {
            timer.cancel();
            resolve(answer);
          });
        };
        toStore.send(`question to ${subject}`, () => {
          const served = broker.switchboard.request(subject, text, answered);
          if (served + broker.switchboard.send(subject, text, answered) === 0) answered(undefined);
        });
      });
    },
    close() {
      for (const stop of [...stops]) stop();
    },
  };
}
