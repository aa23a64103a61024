import { expect, it } from 'vitest';
import { proposeAct } from '../../../runtime/core/act-proposal.ts';
import { reasons } from '../acting/acting-bench.ts';

it('A proposal that is too large is named in its error, with the bound', () => {
  const action = { name: 'scale', resource: 'web', arguments: { text: 'x'.repeat(300 * 1024) }, facts: {} };
  expect(() => proposeAct(action, reasons)).toThrow(
    /^"action and rationale" of an act must be together at most 262144 bytes long, but is 30\d{4}$/,
  );
});
