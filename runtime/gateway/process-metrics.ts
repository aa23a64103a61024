/** The metrics of the process, under the names that prom-client has for them: `process_*`, `nodejs_*`. */
import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Returns the registry of this process, made at the first call: it observes the event loop and garbage collections from then on, once
 * however many gateways there are.
 */
export function processMetrics(): Registry {
  if (registry !== undefined) return registry;
  registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
