/** Decides what the capacity planner proposes itself: it wants stable growth, so it answers churn with contracts. */
import { highest } from '../../runtime/core/extremes.ts';
import type { ReserveDecision } from '../cloud/decisions.ts';
import type { ServiceView } from '../cloud/view.ts';

/** Changes of direction within the readings that it looks at. */
const churnFlips = 6;
export const churnTicks: number = 24;

export function decideReservation({ readings, now }: ServiceView, flipsBefore: number): ReserveDecision | undefined {
  if (readings.length < churnTicks || flipsBefore < churnFlips) return undefined;
  const peak = highest(readings.slice(-churnTicks).map(({ instances }) => instances));
  if (peak <= now.reserved) return undefined;
  const why = `${flipsBefore} changes of direction in ${churnTicks} readings`;
  return { action: 'reserve', instances: peak, flips: flipsBefore, why };
}
