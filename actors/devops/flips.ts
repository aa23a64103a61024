/** How often a service changes its direction within its cool-down. */
import { catalogue, tickMs } from '../cloud/catalogue.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { coolDownMs } from './mesh-run.ts';

/** What is promised of the mesh. */
export const mostFlipsWithin = 2;

/** The most of any service, in any stretch as long as the cool-down. */
export function flipsWithinCoolDown(cloud: Cloud): number {
  const stretch = coolDownMs / tickMs;
  const most = catalogue.map(({ service }) => {
    const flips = cloud
      .changes(service)
      .filter(({ flip }) => flip)
      .map(({ tick }) => tick);
    return Math.max(0, ...flips.map((from) => flips.filter((tick) => tick >= from && tick < from + stretch).length));
  });
  return Math.max(...most);
}
