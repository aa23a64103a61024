/** Plans what the senders of a run send, from the number of the intent alone. */
import type { IntentDraft } from '../../core/intent.ts';

export const workerKind = 'worker';
export const fragileKind = 'fragile';
export const oracleKind = 'oracle';
export const hoarderKind = 'hoarder';

/** The number of agents of each kind. */
export const receiverKeys = 12;
const senders = 5;
const hoarders = 4;
const hops = 3;
const ballastBytes = 48 * 1024;
const lateMs = 60_000;

export interface PlannedSend {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly draft: IntentDraft;
  readonly by: 'node' | 'http';
  readonly mode: 'wait' | 'reject';
  readonly deadlineMs?: number;
}

/** Whether a type may become a dead letter: its handler always fails, or it has a deadline. */
export const mayDie = (type: string): boolean => ['perish', 'late', 'advise'].includes(type);

/** A pack of twenty sends: how often each type occurs. */
const pack: readonly (readonly [string, number])[] = [
  ['note', 8],
  ['chain', 3],
  ['consult', 3],
  ['remind', 1],
  ['slow', 1],
  ['late', 1],
  ['stumble', 2],
  ['perish', 1],
];
const dealt = pack.flatMap(([type, count]) => Array.from({ length: count }, () => type));
/** Coprime to the size of the pack, so that every sender sends every type. */
const stride = 7;

/** Plans the `n`th send of a run. */
export function planSend(seed: number, n: number): PlannedSend {
  const type = dealt[(n * stride) % dealt.length] ?? 'note';
  const isFragile = type === 'stumble' || type === 'perish';
  const to = isFragile ? `${fragileKind}/f${n % receiverKeys}` : `${workerKind}/w${n % receiverKeys}`;
  const byHttp = n % 9 === 0;
  return {
    id: `c-${seed}-${n}`,
    from: `client/${byHttp ? 'h' : 's'}${Math.floor(n / receiverKeys) % senders}`,
    to,
    type,
    draft: { intent_type: type, context: type === 'chain' ? { n, hops } : { n } },
    by: byHttp ? 'http' : 'node',
    mode: n % 4 === 0 ? 'reject' : 'wait',
    ...(type === 'late' ? { deadlineMs: lateMs } : {}),
  };
}

/** Plans the `n`th send of a flood. */
export function planFlood(seed: number, n: number): PlannedSend {
  return {
    id: `q-${seed}-${n}`,
    from: `client/q${n % senders}`,
    to: `${hoarderKind}/h${n % hoarders}`,
    type: 'hoard',
    draft: { intent_type: 'hoard', context: { n, ballast: '.'.repeat(ballastBytes) } },
    by: 'node',
    mode: 'reject',
  };
}
