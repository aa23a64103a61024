/** The plan of a node for a partition that it does not own: a table. */
import { expect, it } from 'vitest';
import { type Claimant, type ClaimPlan, planClaim } from '../../../runtime/cluster/claim-plan.ts';
import type { Verdict } from '../../../runtime/cluster/membership.ts';
import { type OwnerRecord, readOwnerRecord } from '../../../runtime/cluster/owner-record.ts';

const claimant = (rank: number, verdict: Verdict = 'alive', random = 0.5): Claimant => ({
  node: 'me',
  rank,
  random,
  verdict: () => verdict,
});
const owned = (node: string): OwnerRecord => ({ kind: 'owned', revision: 7, node });
const released: OwnerRecord = { kind: 'released', revision: 8, node: 'other' };
const atOnce: ClaimPlan = { kind: 'claim', afterMs: 0 };

it.each<[string, OwnerRecord, Claimant, ClaimPlan]>([
  ['was never claimed, as the first', { kind: 'none', revision: 0 }, claimant(0), atOnce],
  ['was released, as the first', released, claimant(0), atOnce],
  ['was released, as the second', released, claimant(1), { kind: 'claim', afterMs: 550 }],
  ['a dead node owned, as the first', owned('other'), claimant(0, 'dead'), atOnce],
  ['a dead node owned, as the third', owned('other'), claimant(2, 'dead', 0), { kind: 'claim', afterMs: 1_000 }],
  ['it owned itself, whatever its rank', owned('me'), claimant(5, 'unknown'), atOnce],
  ['a living node owns', owned('other'), claimant(0), { kind: 'wait', owner: 'other', verdict: 'alive' }],
  [
    'cannot be judged yet',
    owned('other'),
    claimant(0, 'unknown'),
    { kind: 'wait', owner: 'other', verdict: 'unknown' },
  ],
])('The plan is right for a partition that %s', (_what, record, who, plan) => {
  expect(planClaim(record, who)).toEqual(plan);
});

it.each([
  ['no JSON', 'rubbish', 'it is no JSON object'],
  ['an empty value', '', 'it is no JSON object'],
  ['a list', '[]', 'it is no JSON object'],
  ['a number', '1', 'it is no JSON object'],
  ['a record of a release to come', '{"v":2,"node":"n"}', 'its version is 2'],
  ['a record without a version', '{"node":"n"}', 'its version is undefined'],
  ['a node that is no text', '{"v":1,"node":7}', '"node" is 7'],
  ['an empty node', '{"v":1,"node":""}', '"node" is ""'],
])('The plan never claims over %s', (_what, value, reason) => {
  const record = readOwnerRecord({ value, revision: 3 });
  expect(record).toMatchObject({ kind: 'unreadable', revision: 3 });
  const plan = planClaim(record, claimant(0, 'dead'));
  expect(plan.kind === 'unreadable' && plan.reason).toContain(reason);
});
