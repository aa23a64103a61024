/** The baseline scenario: target tracking, with a cool-down before it removes capacity. */
import { Cloud } from '../cloud/cloud.ts';
import type { Workload } from '../cloud/load.ts';
import { instancesFor, Views } from '../cloud/view.ts';

const target = 0.6;
/** A smaller reduction is not worth it. */
const slack = 0.9;
const coolDownTicks = 12;

export function autoscalerScenario(workload: Workload, ticked?: (cloud: Cloud) => void): Cloud {
  const cloud = new Cloud(workload);
  const views = new Views();
  const changed = new Map<string, number>();
  for (let tick = 0; tick < workload.ticks; tick++) {
    for (const reading of cloud.step()) {
      const { service, load, instances } = reading;
      const wanted = instancesFor(views.add(reading), load, target);
      const since = tick - (changed.get(service) ?? Number.NEGATIVE_INFINITY);
      const grows = wanted > instances && since >= 1;
      const shrinks = wanted < slack * instances && since >= coolDownTicks;
      if (!grows && !shrinks) continue;
      cloud.apply(`${tick}/${service}`, { action: 'scale', service, instances: wanted });
      changed.set(service, tick);
    }
    ticked?.(cloud);
  }
  return cloud;
}
