/** Counts how often a service changes its direction within its cool-down. */
import { highest } from '../../runtime/core/extremes.ts';
import { catalogue, tickMs } from '../cloud/catalogue.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { coolDownMs } from './mesh-agents.ts';

/** The promise of the mesh. */
export const mostFlipsWithin = 2;

/** Returns the highest count of all services, within a span as long as the cool-down. */
export function flipsWithinCoolDown(cloud: Cloud): number {
  const stretch = coolDownMs / tickMs;
  const most = catalogue.map(({ service }) => {
    const flips = cloud
      .changes(service)
      .filter(({ flip }) => flip)
      .map(({ tick }) => tick);
    return mostWithin(flips, stretch);
  });
  return highest(most);
}

/** Returns the highest count within a span of that length. @param ticks in order */
function mostWithin(ticks: readonly number[], stretch: number): number {
  let [from, most] = [0, 0];
  for (const [n, tick] of ticks.entries()) {
    while (tick - (ticks[from] ?? tick) >= stretch) from++;
    most = Math.max(most, n - from + 1);
  }
  return most;
}
