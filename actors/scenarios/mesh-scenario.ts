/**
 * Runs the agents as a mesh. Simulated time advances by a barrier: every tick has phases, and a phase begins when the mesh is
 * quiescent after the one before. Machine load and delivery order thus do not change the result.
 *
 * tick ──▶ planner sees ──▶ optimizer sees, consults, proposes ──▶ monitor sees, reasons, proposes ──▶ resources settle ──▶ tick
 */

import type { Node } from '../../runtime/node/node.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { monitorRef, optimizerRef, plannerRef, resourceRef } from '../protocol/agents.ts';
import type { SimClock } from './sim-clock.ts';

export interface MeshScenario {
  readonly cloud: Cloud;
  readonly node: Pick<Node, 'tell' | 'whenIdle'>;
  readonly clock: SimClock;
  readonly ticks: number;
  readonly signal: AbortSignal;
  readonly ticked?: (cloud: Cloud) => void;
}

/** Runs the scenario. @throws the signal's reason when it is aborted; errors of a send */
export async function runMeshScenario({ cloud, node, clock, ticks, signal, ticked }: MeshScenario): Promise<void> {
  // an agent may be waiting for a person: an aborted run does not wait for it
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  // aborted while no caller waits for idleness: `throwIfAborted` reports it at the next tick
  stopped.catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const quiet = (): Promise<void> => Promise.race([node.whenIdle(), stopped]);
  try {
    for (let tick = 0; tick < ticks; tick++) {
      signal.throwIfAborted();
      const readings = cloud.step();
      clock.set(cloud.now);
      const observation = { intent_type: 'observe', context: { readings } } as const;
      await node.tell(plannerRef, observation);
      await quiet();
      await node.tell(optimizerRef, observation);
      await quiet();
      await node.tell(monitorRef, observation);
      await quiet();
      await Promise.all(
        readings.map((reading) =>
          node.tell(resourceRef.at(reading.service), { intent_type: 'settle', context: { reading } }),
        ),
      );
      await quiet();
      ticked?.(cloud);
    }
  } finally {
    // the signal outlives the run: comparing seeds runs many scenarios with one
    signal.removeEventListener('abort', stop);
  }
}
