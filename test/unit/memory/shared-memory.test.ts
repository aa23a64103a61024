import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { natsSharedMemory } from '../../../runtime/memory/nats-shared-memory.ts';
import { driveTo, FaultPlan, SimulatedBroker, SimulatedTransport } from '../../../runtime/transport/simulated/index.ts';
import { increment, sharedMemoryContract } from '../../contract/memory/shared-contract.ts';
import { simulatedRig } from '../transport/simulated-rig.ts';

sharedMemoryContract('the simulated store', async () => {
  const [rig, elsewhere] = [await simulatedRig(), await simulatedRig()];
  const memoryOf = async ({ connect }: typeof rig) => natsSharedMemory((await connect()).bucket('shared'));
  return {
    memory: await memoryOf(rig),
    other: await memoryOf(rig),
    elsewhere: await memoryOf(elsewhere),
    async [Symbol.asyncDispose]() {
      await rig.dispose();
      await elsewhere.dispose();
    },
  };
});

it('Shared memory loses no increment when answers of the store are lost, though both write the same number', async () => {
  for (let seed = 0; seed < 100; seed++) {
    const clock = new ManualClock();
    const faults = new FaultPlan(seededRandom(seed), { loseRequest: 0.3, latencyMaxMs: 5 });
    const broker = new SimulatedBroker({ mesh: 'sim', clock, faults });
    const driven = { clock, pending: () => broker.pending() };
    const memoryOf = (own: number) =>
      natsSharedMemory(new SimulatedTransport(broker).bucket('shared'), seededRandom(100 * seed + own));
    const [memory, other] = [memoryOf(1), memoryOf(2)];
    await driveTo(driven, 'the increments', increment(2, { memory, other }), 3_600_000);
    const found = await driveTo(driven, 'the count', memory.read('count'));
    expect(found?.value, `seed ${seed}`).toBeGreaterThanOrEqual(2);
  }
});
