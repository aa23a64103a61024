/** Decides what the performance optimizer proposes about capacity: it wants low latency, so it adds instances early. */
import { highest } from '../../runtime/core/extremes.ts';
import { ticksPerHour } from '../cloud/catalogue.ts';
import type { Forecast, ScaleDecision } from '../cloud/decisions.ts';
import { instancesFor, type ServiceView, steadyUtilization } from '../cloud/view.ts';

/** Above this, latency grows faster than load. */
const busyAbove = 0.6;
/** The target without a forecast is generous; with a forecast it plans for the peak. */
const comfortable = 0.42;
const plannedFor = 0.62;
const settledTicks = 2;
const urgentAbove = 0.75;

/** Decides by utilisation. @param forecast the planner's answer, if it was asked */
export function decideSpeed(view: ServiceView, forecast?: Forecast): ScaleDecision | undefined {
  const { now, settledFor } = view;
  const utilization = steadyUtilization(view, settledTicks);
  const urgent = now.utilization > urgentAbove && now.ready === now.instances;
  if (!urgent && (settledFor < settledTicks || utilization <= busyAbove)) return undefined;
  const instances = sizeFor(view, forecast);
  if (instances <= now.instances) return undefined;
  return { action: 'scale', instances, why: `utilisation ${percent(utilization)}, above ${percent(busyAbove)}` };
}

/** Returns the size that the service needs, as far as is known. */
export function sizeFor(view: ServiceView, forecast?: Forecast): number {
  if (forecast === undefined) return instancesFor(view, view.now.load, comfortable);
  const load = forecast.passing ? forecast.peak : Math.max(view.now.load, forecast.peak);
  return instancesFor(view, load, plannedFor);
}

/** Whether half of the instances would have carried the last hour and would carry the forecast. */
export function isOver(view: ServiceView, forecast: Forecast): boolean {
  const peak = highest(view.readings.slice(-ticksPerHour).map(({ load }) => load));
  const needed = Math.max(sizeFor(view, forecast), instancesFor(view, peak, plannedFor));
  return 2 * needed <= view.now.instances;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
