/** Computes the cost of a change of size. */
import type { ServiceSpec } from './catalogue.ts';

const hoursPerMonth = 730;

/** Returns the cost of instances on demand, USD per month. */
export function monthlyCost({ price }: ServiceSpec, instances: number): number {
  return Math.round(instances * price * hoursPerMonth * 100) / 100;
}

/** Returns how many instances can be added within a monthly budget. */
export function affordable({ price }: ServiceSpec, budget: number): number {
  return Math.max(0, Math.ceil(budget / (price * hoursPerMonth)) - 1);
}
