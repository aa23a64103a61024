/**
 * A subscription that survives a refusal. The library drops a subscription that the server refuses; this one retries with
 * backoff, so that it finds corrected permissions. `connection.ts` records the refusal, because it receives all of them; this
 * file records that the subscription is permitted again.
 */
import type { Msg, Subscription } from 'nats';
import { Backoff, type BackoffRule } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { systemRandom } from '../../core/random.ts';
import type { GuardedConnection } from './guarded-connection.ts';

export interface KeptSubscription {
  unsubscribe(): void;
}

export interface SubscriptionOptions {
  readonly queue?: string;
  readonly callback: (message: Msg) => void;
}

/** An operator must change the server's configuration first. */
const rule: BackoffRule = { initialIntervalMs: 1_000, maxIntervalMs: 30_000 };

export function keptSubscription(
  connection: GuardedConnection,
  clock: Clock,
  subject: string,
  { queue, callback }: SubscriptionOptions,
): KeptSubscription {
  let subscription: Subscription;
  let timer: Timer | undefined;
  const backoff = new Backoff(systemRandom, rule);
  const subscribe = (): void => {
    timer = undefined;
    if (connection.isClosed()) return;
    const worked = connection.retried('subscription', subject);
    subscription = connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error === null) callback(message);
        else timer ??= clock.after(backoff.nextMs(), subscribe);
      },
    });
    if (worked === undefined) return;
    const answered = (): void => {
      if (timer === undefined) worked();
    };
    // the server answers in order: by then it has refused the subscription again, or permits it; without an answer nothing is known
    connection.flush().then(answered, () => undefined);
  };
  subscribe();
  return {
    unsubscribe: () => {
      timer?.cancel();
      subscription.unsubscribe();
    },
  };
}
