/** Plans the intents of a soak: many agents in turn, each briefly active, using every feature that could leak. */
import type { IntentDraft } from '../../runtime/index.ts';

/**
 * - `note`: a step that changes the agent's state.
 * - `consult`: asks another agent.
 * - `hurry`: asks an agent that answers later than the asker waits.
 * - `ponder`: a reasoning loop that decides; `dither`: one that does not decide, so it calls a human.
 * - `remind`: sets a timer.
 * - `stumble`: throws, then succeeds at the next attempt; `perish`: throws each time, so it is dead-lettered.
 */
export type WorkType = 'note' | 'consult' | 'hurry' | 'ponder' | 'dither' | 'remind' | 'stumble' | 'perish';

/** The number of intents of each type in a round. */
const shares: readonly (readonly [type: WorkType, intents: number])[] = [
  ['note', 675],
  ['consult', 100],
  ['hurry', 5],
  ['ponder', 110],
  ['dither', 4],
  ['remind', 106],
  ['stumble', 7],
  ['perish', 2],
];

export const workTypes: readonly WorkType[] = shares.map(([type]) => type);

/** A prime, so that it has no common divisor with other numbers here: every type uses every path, including HTTP. */
const roundLength = 1_009;
/** Spreads the types over a round. */
const stride = 389;

const httpEvery = 10;

/** Regulars stay in memory for the whole run; two of three intents go to others, which stay briefly. */
const regulars = 16;
const regularEvery = 3;
/**
 * The egress buckets of the node remember up to a thousand senders: in a run of one minute, passers-by that ask often
 * would look like a leak.
 */
const passerConsultsEvery = 5;

/** Passers-by that receive in turn at a time: each gets four intents within a second, then no more. */
const passersAtATime = 10;
const intentsPerGroup = 60;

export const workerKind = 'worker';

export const isSentByHttp = (n: number): boolean => n % httpEvery === httpEvery - 1;

export function typeOf(n: number): WorkType {
  let place = (n * stride) % roundLength;
  for (const [type, intents] of shares) {
    if (place < intents) return type;
    place -= intents;
  }
  return 'note';
}

/** Returns `worker/r<number>`, or `worker/p<number>` for passers-by. */
export function receiverOf(n: number): string {
  if (isForRegular(n)) return `${workerKind}/r${n % regulars}`;
  const group = Math.floor(n / intentsPerGroup);
  return `${workerKind}/p${group * passersAtATime + (n % passersAtATime)}`;
}

/** Regulars neither stumble nor perish: repeated failures would lengthen their backoff, and delay all their intents. */
function isForRegular(n: number): boolean {
  const type = typeOf(n);
  if (type === 'stumble' || type === 'perish') return false;
  return n % regularEvery === 0 || (type === 'consult' && n % passerConsultsEvery !== 0);
}

/** Returns the n-th intent of a run. */
export function draftOf(n: number): IntentDraft {
  return { intent_type: typeOf(n), context: { n }, constraints: { max_cost_usd: 5, allow_restart: false } };
}
