/** Invariants 1, 2 and 4 over the simulated store: refusals, lost answers, no leader, reconnects, lost deliveries. */
import { expect, it } from 'vitest';
import { brokenInvariants, runLanes } from '../../support/lane-run.ts';

const seeds = Number(process.env.PARLEY_SEEDS ?? 1_000);
const intents = 60;

it(`The sender keeps lane order and loses nothing, whatever goes wrong (${seeds} seeds)`, async () => {
  const startedAt = performance.now();
  let [confirmed, refusals] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const run = await runLanes(seed, intents);
    expect(brokenInvariants(run), `seed ${seed}`).toEqual([]);
    for (const numbers of run.confirmed.values()) confirmed += numbers.length;
    refusals += run.refusals;
  }
  const ms = Math.round(performance.now() - startedAt);
  console.log(`${seeds} seeds in ${ms} ms: ${confirmed} intents accepted, ${refusals} refused`);
  expect(confirmed).toBeGreaterThan(seeds * intents * 0.5);
  expect(refusals).toBeGreaterThan(0);
});

it('The simulation gives the same history for the same seed, and another for another', async () => {
  const [one, again, other] = [await runLanes(7, intents), await runLanes(7, intents), await runLanes(8, intents)];
  expect(again.historyHash).toBe(one.historyHash);
  expect(other.historyHash).not.toBe(one.historyHash);
});

it('Lane order needs one unconfirmed publish per lane: with four it is lost', async () => {
  const broken: string[] = [];
  for (let seed = 0; seed < 10; seed++) broken.push(...brokenInvariants(await runLanes(seed, intents, 4)));
  expect(broken.join('\n')).toContain('out of order');
});
