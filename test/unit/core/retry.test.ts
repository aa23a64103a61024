import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { retry } from '../../../runtime/core/retry.ts';
import { driveTo } from '../../../runtime/transport/simulated/index.ts';

const passing = Object.assign(new Error('no answer'), { retryable: true });
const lasting = Object.assign(new Error('refused'), { retryable: false });

interface Tried {
  readonly tries: number;
  readonly outcome: unknown;
  readonly ms: number;
}

/** @param fails what goes wrong, try by try; the last stays; `undefined` is a success. Each try takes `tryMs`. */
async function tried(fails: readonly (Error | undefined)[], tryMs = 0, signal?: AbortSignal): Promise<Tried> {
  const clock = new ManualClock();
  const began = clock.monotonic();
  let tries = 0;
  const settings = { clock, random: seededRandom(1), withinMs: 10_000, ...(signal === undefined ? {} : { signal }) };
  const outcome = retry(settings, async () => {
    const fault = fails[Math.min(tries++, fails.length - 1)];
    if (tryMs > 0) await new Promise<void>((resolve) => clock.after(tryMs, resolve));
    if (fault !== undefined) throw fault;
    return 'done';
  }).catch((error: unknown) => error);
  const settled = await driveTo({ clock, pending: () => [] }, 'the outcome', outcome);
  return { tries, outcome: settled, ms: clock.monotonic() - began };
}

it.each<[string, readonly (Error | undefined)[], number, unknown]>([
  ['succeeds', [undefined], 1, 'done'],
  ['fails twice in a way that may pass', [passing, passing, undefined], 3, 'done'],
  ['fails for good', [lasting], 1, lasting],
  ['fails for good at its second try', [passing, lasting, undefined], 2, lasting],
  ['fails without a word about whether that may pass', [new Error('what?')], 1, new Error('what?')],
])('retry tries %s', async (_what, fails, tries, outcome) => {
  expect(await tried(fails)).toMatchObject({ tries, outcome });
});

it.each([0, 2_000])('retry gives up with the last error when its time is over, with tries of %i ms', async (tryMs) => {
  const { tries, outcome, ms } = await tried([passing], tryMs);
  expect(outcome).toBe(passing);
  expect(tries).toBeGreaterThan(3);
  expect(ms).toBeLessThanOrEqual(10_000 + tryMs);
});

it('retry begins no other try once it is aborted', async () => {
  expect(await tried([passing], 0, AbortSignal.abort())).toMatchObject({ tries: 1, outcome: passing });
});
