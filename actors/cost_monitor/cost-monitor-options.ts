/** What the cost monitor watches, and what an answer may cost. */
import { compileOptions, type OptionRule, type OptionRules, quantity } from '../../runtime/core/options.ts';
import { type DetectorOptions, detectorOptions } from './detector-options.ts';

export interface CostMonitorOptions {
  /** The service whose metric it is fed. */
  readonly service: string;
  /** What that service runs on. */
  readonly resources: readonly string[];
  /** The value at which the service is saturated, if it is known. */
  readonly capacity: number | undefined;
  /** What a remedy may cost, USD a month. */
  readonly budget: number;
  /** In the article's form: `15_minutes`. */
  readonly responseTimeSla: string;
  /** What finding the cause may cost, USD. */
  readonly maxDiagnosticCost: number;
  readonly detector: Partial<DetectorOptions>;
}

export interface CompiledCostMonitor extends CostMonitorOptions {
  readonly detector: DetectorOptions;
}

const text = (fallback: string): OptionRule<string> => ({
  fallback,
  rule: 'a text of 1 to 200 characters',
  holds: isText,
});

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;

const rules: OptionRules<CostMonitorOptions> = {
  service: text('api_gateway'),
  resources: {
    fallback: Object.freeze(['prod-api-gateway-01', 'prod-api-gateway-02']),
    rule: 'a list of 1 to 1000 names',
    holds: (value): value is readonly string[] =>
      Array.isArray(value) && value.length > 0 && value.length <= 1_000 && value.every(isText),
  },
  capacity: {
    fallback: undefined,
    rule: 'a number above 0, or left out',
    holds: (value): value is number | undefined =>
      value === undefined || (typeof value === 'number' && Number.isFinite(value) && value > 0),
  },
  budget: quantity(500, 0, 1e9, 'USD a month'),
  responseTimeSla: text('15_minutes'),
  maxDiagnosticCost: quantity(10, 0, 1e9, 'USD'),
  detector: {
    fallback: Object.freeze({}),
    rule: 'an object of detector options',
    holds: (value): value is Partial<DetectorOptions> => typeof value === 'object' && value !== null,
  },
};

/** @throws InvalidOptionError */
export function costMonitorOptions(given: Partial<CostMonitorOptions> = {}): CompiledCostMonitor {
  const options = compileOptions('cost_monitor', rules, given);
  return Object.freeze({ ...options, detector: detectorOptions(options.detector) });
}
