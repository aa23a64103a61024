/** The intent that every target carries: 700 bytes on the wire. */

import type { IntentDraft } from '../../runtime/core/intent.ts';
import { encodeIntent } from '../../runtime/core/intent-codec.ts';
import { makeIntent } from '../../runtime/messaging/make-intent.ts';
import { agentKey, agentKind, senderKey, senderKind } from './routes.ts';

export const intentBytes = 700;

/** Numbers of equal width, so that every intent has the same length. */
const firstNumber = 1_000_000_000;

const constraints = Object.freeze({ max_cost_usd: 5, allow_restart: false });
const success_criteria = Object.freeze({ cpu_below_percent: 70 });
const evidence = 'x'.repeat(intentBytes - encode(draftWith(0, '')).length);

/** Returns the n-th intent of a round, as its sender writes it. */
export function draftOf(n: number): IntentDraft {
  return draftWith(n, evidence);
}

/** Returns the number of an intent. */
export function numberOf(context: { readonly n?: unknown }): number {
  return Number(context.n) - firstNumber;
}

/** Returns the same bytes without a runtime: an intent as it is on the wire. */
export function encodedIntent(): Uint8Array {
  const bytes = encode(draftOf(0));
  if (bytes.length !== intentBytes) throw new Error(`an intent has ${bytes.length} bytes instead of ${intentBytes}`);
  return bytes;
}

function draftWith(n: number, text: string): IntentDraft {
  return {
    intent_type: 'investigate',
    context: { n: firstNumber + n, resource: 'prod-api-gateway-01', metric: 'cpu_utilization', evidence: text },
    constraints,
    success_criteria,
  };
}

function encode(draft: IntentDraft): Uint8Array {
  return encodeIntent(
    makeIntent(draft, {
      from: `${senderKind}/${senderKey(0)}`,
      to: `${agentKind}/${agentKey(0)}`,
      parent: undefined,
      now: 0,
      newId: () => '00000000-0000-7000-8000-000000000000',
    }),
  );
}
