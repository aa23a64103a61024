/** Decides what the cost monitor proposes about capacity: it wants to spend little, so it removes idle instances. */
import type { ScaleDecision } from '../cloud/decisions.ts';
import { instancesFor, type ServiceView, steadyUtilization } from '../cloud/view.ts';

/** Below this utilisation an instance is wasted. */
const idleBelow = 0.52;
const packedTo = 0.71;
const settledTicks = 2;

export function decideSaving(view: ServiceView): ScaleDecision | undefined {
  const { now, settledFor } = view;
  if (settledFor < settledTicks) return undefined;
  const utilization = steadyUtilization(view, settledTicks);
  if (utilization >= idleBelow) return undefined;
  const instances = instancesFor(view, now.load, packedTo);
  if (instances >= now.instances) return undefined;
  return { action: 'scale', instances, why: `utilisation ${percent(utilization)}, below ${percent(idleBelow)}` };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
