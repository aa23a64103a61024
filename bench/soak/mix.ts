/** What is sent in a soak: many agents one after another, each for a moment, with everything in it that could be kept by mistake. */
import type { IntentDraft } from '../../runtime/index.ts';

/**
 * - `note`: a step that changes the agent's state.
 * - `consult`: asks another agent.
 * - `hurry`: asks one that takes longer than the asker waits.
 * - `ponder`: a reasoning loop that decides; `dither`: one that does not, and calls a human.
 * - `remind`: sets a timer.
 * - `stumble`: throws, and succeeds at the next attempt; `perish`: throws each time, and becomes a dead letter.
 */
export type WorkType = 'note' | 'consult' | 'hurry' | 'ponder' | 'dither' | 'remind' | 'stumble' | 'perish';

/** How many of a round are of each type. */
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

/** A prime, so that no other number here divides it: every type goes every way, over HTTP as well. */
const roundLength = 1_009;
/** Spreads the types over a round. */
const stride = 389;

const httpEvery = 10;

/** These stay in memory for the whole run; two of three intents go to others, who stay for a moment. */
const regulars = 16;
const regularEvery = 3;
/**
 * Whoever sends is remembered in the node's egress buckets until there are a thousand: in a run of a minute, passers-by who ask
 * often would look like a leak.
 */
const passerConsultsEvery = 5;

/** Passers-by are sent to in turn, so many of them at a time: each gets four intents within a second, then no more. */
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

/** `worker/r<number>`, or `worker/p<number>` of those that pass by. */
export function receiverOf(n: number): string {
  if (isForRegular(n)) return `${workerKind}/r${n % regulars}`;
  const group = Math.floor(n / intentsPerGroup);
  return `${workerKind}/p${group * passersAtATime + (n % passersAtATime)}`;
}

/** A regular that fails again and again would wait longer each time, and all its intents with it. */
function isForRegular(n: number): boolean {
  const type = typeOf(n);
  if (type === 'stumble' || type === 'perish') return false;
  return n % regularEvery === 0 || (type === 'consult' && n % passerConsultsEvery !== 0);
}

/** The n-th intent of a run. */
export function draftOf(n: number): IntentDraft {
  return { intent_type: typeOf(n), context: { n }, constraints: { max_cost_usd: 5, allow_restart: false } };
}
