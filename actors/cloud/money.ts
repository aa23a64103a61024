/** What a change of size costs, for policy and for people. */
import type { ServiceSpec } from './catalogue.ts';

const hoursPerMonth = 730;

/** USD a month, of instances on demand. */
export function monthlyCost({ price }: ServiceSpec, instances: number): number {
  return Math.round(instances * price * hoursPerMonth * 100) / 100;
}

/** Instances that can be added for less than so much a month. */
export function affordable({ price }: ServiceSpec, budget: number): number {
  return Math.max(0, Math.ceil(budget / (price * hoursPerMonth)) - 1);
}
