/** The contract's rig on the simulated store: its clock is pumped for as long as the rig lives. */
import { sleep } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { SimulatedBroker, SimulatedTransport, turn } from '../../../runtime/transport/simulated/index.ts';
import type { ContractRig } from '../../contract/contract-rig.ts';

const deadlineMs = 10_000;
const pollMs = 10;

export async function simulatedRig(): Promise<ContractRig> {
  const clock = new ManualClock();
  const broker = new SimulatedBroker({ mesh: 'contract', clock });
  let disposed = false;
  const pump = async (): Promise<void> => {
    while (!disposed) {
      await turn();
      clock.step();
    }
  };
  const pumping = pump();
  return {
    mesh: broker.mesh,
    connect: async () => new SimulatedTransport(broker),
    settle: () => sleep(clock, 1_000),
    async until(what, condition) {
      const until = clock.monotonic() + deadlineMs;
      while (!(await condition())) {
        if (clock.monotonic() > until) throw new Error(`within ${deadlineMs} ms this did not come true: ${what}`);
        await sleep(clock, pollMs);
      }
    },
    async dispose() {
      disposed = true;
      await pumping;
    },
  };
}
