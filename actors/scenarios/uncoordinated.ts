/** Three agents that act alone, with the same decision functions as in the mesh: a pure function of the workload. */
import { churnTicks, decideReservation } from '../capacity_planner/decide.ts';
import { Cloud, type CloudAction } from '../cloud/cloud.ts';
import type { Workload } from '../cloud/load.ts';
import { type ServiceView, Views, viewOf } from '../cloud/view.ts';
import { decideSaving } from '../cost_monitor/decide.ts';
import { decideSpeed } from '../performance_optimizer/decide.ts';

/** Runs the scenario. @param ticked called after every tick */
export function uncoordinatedScenario(workload: Workload, ticked?: (cloud: Cloud) => void): Cloud {
  const cloud = new Cloud(workload);
  const views = new Views();
  for (let tick = 0; tick < workload.ticks; tick++) {
    for (const reading of cloud.step()) {
      for (const action of wishes(views.add(reading)))
        cloud.apply(`${tick}/${reading.service}/${action.action}`, action);
    }
    ticked?.(cloud);
  }
  return cloud;
}

/** Returns what each agent would do by itself. They see the same readings without hearing of each other. */
export function wishes(view: ServiceView): readonly CloudAction[] {
  const { service } = view.spec;
  const flips = viewOf(view.readings.slice(-churnTicks)).flips;
  const decisions = [decideSaving(view) ?? decideSpeed(view), decideReservation(view, flips)];
  return decisions.flatMap((decision) => {
    if (decision === undefined) return [];
    const { action, instances } = decision;
    return [{ action, service, instances }];
  });
}
