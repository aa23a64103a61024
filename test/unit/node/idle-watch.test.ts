/** A node waits for idleness with a store that answers slowly. */
import { expect, it } from 'vitest';
import { type Deferred, deferred } from '../../../runtime/core/deferred.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { IdleWatch } from '../../../runtime/node/idle-watch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('A node is not idle when it sent something after the store had answered that it is empty', async () => {
  const clock = new ManualClock();
  const asked: Deferred<number>[] = [];
  let sends = 0;
  const idleWatch = new IdleWatch({
    clock,
    isIdle: () => true,
    isHandled: () => true,
    sent: () => Promise.resolve(),
    sends: () => sends,
    setEager: () => undefined,
    stored: () => {
      const answer = deferred<number>();
      asked.push(answer);
      return answer.promise;
    },
  });
  let reached = false;
  void idleWatch.whenIdle().then(() => {
    reached = true;
  });
  await turn();
  // sent and confirmed while the store's answer, taken before, is on its way
  sends += 1;
  asked[0]?.resolve(0);
  await turn();
  expect(reached).toBe(false);
  clock.advance(32);
  await turn();
  asked[1]?.resolve(0.1);
  await turn();
  clock.advance(32);
  await turn();
  expect([reached, asked.length]).toEqual([false, 3]);
  asked[2]?.resolve(0);
  await turn();
  expect(reached).toBe(true);
});

it('A node is idle when a send ends last, after everything was handled', async () => {
  let sending = false;
  const idle: Deferred<void>[] = [];
  const idleWatch = new IdleWatch({
    clock: new ManualClock(),
    isIdle: () => !sending,
    isHandled: () => true,
    sent: () => {
      if (!sending) return Promise.resolve();
      const done = deferred();
      idle.push(done);
      return done.promise;
    },
    sends: () => 1,
    setEager: () => undefined,
    stored: async () => 0,
  });
  let reached = false;
  void idleWatch.whenIdle().then(() => {
    reached = true;
  });
  // a handler sends between two looks, and is done with before its send is
  sending = true;
  await turn();
  idleWatch.check();
  await turn();
  sending = false;
  for (const done of idle) done.resolve();
  await turn();
  expect(reached).toBe(true);
});
