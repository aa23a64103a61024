import { expect, it } from 'vitest';
import type { StoredMessage } from '../../../runtime/core/delivery.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { LaneLoader } from '../../../runtime/mailbox/lane-loader.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

type Fetch = (subject: string) => Promise<readonly StoredMessage[]>;

function made(fetch: Fetch): { readonly clock: ManualClock; readonly loader: LaneLoader; readonly done: string[] } {
  const clock = new ManualClock();
  const done: string[] = [];
  return { clock, done, loader: new LaneLoader({ fetch: (_, subject) => fetch(subject) }, clock, silentLogger) };
}

const read = (subject: string, done: () => void) => ({ pool: 'main', subject, seqs: [1], done });

it('reads at most 32 lanes at a time, the others in their order after them', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const { loader, done } = made((subject) => {
    asked.push(subject);
    return new Promise((resolve) => answers.push(() => resolve([])));
  });
  for (let n = 0; n < 40; n++) loader.load(read(`l${n}`, () => done.push(`l${n}`)));
  expect(asked).toHaveLength(32);
  for (const answer of answers.splice(0)) answer();
  await turn();
  expect([asked.slice(32), done.length]).toEqual([['l32', 'l33', 'l34', 'l35', 'l36', 'l37', 'l38', 'l39'], 32]);
});

it('asks again every 250 ms while the store does not answer, and calls back once', async () => {
  let attempts = 0;
  const { clock, loader, done } = made(async () => {
    if (++attempts < 3) throw new Error('no answer');
    return [];
  });
  loader.load(read('l', () => done.push('l')));
  for (const [passed, wanted] of [
    [0, 1],
    [250, 2],
    [250, 3],
  ] as const) {
    clock.advance(passed);
    await turn();
    expect(attempts).toBe(wanted);
  }
  expect([done, clock.pending]).toEqual([['l'], 0]);
});

it('reads nothing after its stop, calls nobody for what it could not read, and leaves no timer behind', async () => {
  let attempts = 0;
  const { clock, loader, done } = made(async () => {
    attempts++;
    throw new Error('no answer');
  });
  loader.load(read('l', () => done.push('l')));
  await turn();
  expect(clock.pending).toBe(1);
  loader.stop();
  loader.load(read('m', () => done.push('m')));
  await turn();
  expect([attempts, done, clock.pending]).toEqual([1, [], 0]);
});
