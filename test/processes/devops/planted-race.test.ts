/** Two activations of one resource decide at the same time: with versions one grant is given, without them two. */
import { expect, it } from 'vitest';
import { unversioned } from '../../../actors/devops/unversioned.ts';
import { Ledgers } from '../../../actors/resource/ledger.ts';
import { type Claim, grantOne } from '../../../runtime/coordination/grant.ts';
import { natsSharedMemory } from '../../../runtime/memory/nats-shared-memory.ts';
import type { SharedMemory } from '../../../runtime/memory/shared-memory.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { startTestServer } from '../../support/nats-server.ts';

const rules = { coolDownMs: 1_500_000, shortestMs: 300_000 };
const claim = (by: string, direction: 'up' | 'down'): Claim => ({
  by,
  direction,
  tier: 10,
  confidence: 0.5,
  validMs: 0,
});

/** Both read before either writes, as a node that was taken for dead and its successor would. */
async function grantsGiven(shared: SharedMemory, run: string): Promise<number> {
  const ledgers = [new Ledgers(shared, run), new Ledgers(shared, run)] as const;
  const read = await Promise.all(ledgers.map((ledger) => ledger.read('checkout')));
  const claims = [claim('performance_optimizer', 'up'), claim('cost_monitor', 'down')];
  const written = read.map(({ ledger, version }, n) => {
    const granting = grantOne(ledger, claims.slice(n, n + 1), 0, rules);
    return ledgers[n]?.write('checkout', granting.ledger, version);
  });
  return (await Promise.all(written)).filter((version) => version !== undefined).length;
}

it('A planted race grants once with versions, and twice without', async () => {
  await using server = await startTestServer();
  await using transport = await connectJetStream({ url: server.url, mesh: 'race' });
  const shared = natsSharedMemory(transport.bucket('shared'));
  expect(await grantsGiven(shared, 'versioned')).toBe(1);
  expect(await grantsGiven(unversioned(shared), 'unversioned')).toBe(2);
});
