/** Random acts for rules: sound ones around every threshold, of which some have parts that are missing or of another type. */
import fc from 'fast-check';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { missing, pathsOf, withValue } from '../../unit/policy/policy-fixtures.ts';

const share = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const cost = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.constantFrom(0, 0.5, 9.99, 10, 1_499.99, 1_500, 1_500.01, 5_999.99, 6_000, 7_999.99, 8_000, 8_000.01),
);

const sound = fc.constantFrom('checkout', 'checkout', 'search', 'legacy_reports', 'unknown').chain((service) =>
  fc.record({
    action: fc.constantFrom('scale_up', 'scale_up', 'scale_down', 'limit_rate', 'reserve_instances', 'diagnose'),
    agent_id: fc.constant(`resource/${service}`),
    on_behalf_of: fc.constantFrom('capacity_planner', 'client/x'),
    resource: fc.constant(`service/${service}`),
    service: fc.constant(service),
    estimated_cost: cost,
    arguments: fc.record({
      service: fc.constant(service),
      instances: fc.integer({ min: 1, max: 30 }),
      on: fc.boolean(),
      term_months: fc.constantFrom(1, 11, 12, 36),
    }),
    justification: fc.record({
      utilization: share,
      response_time_p99: fc.constantFrom(0.1, 0.2, 0.25, 0.2501),
      source_concentration: share,
      direction_changes: fc.integer({ min: 0, max: 12 }),
    }),
    constraints: fc.record({
      budget_remaining: fc.constantFrom(0, 6_000, 9_000),
      max_diagnostic_cost: fc.constantFrom(0, 10, 10_000),
      response_time_sla: fc.constantFrom('15_minutes', '1_hour'),
    }),
  }),
);

/** Half of the acts say nothing of it. */
const more = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      affects_user_data: fc.boolean(),
      regulation: fc.constantFrom('gdpr', 'gdpr', 'hipaa'),
      region: fc.constantFrom('eu-west-1', 'us-east-1'),
      estimated_minutes: fc.constantFrom(5, 15, 15.5, 90),
    },
    { requiredKeys: [] },
  ),
);

const texts = ['text', '10', '', 'ä☃', '👩‍🚀', '<&>"\\', '__proto__', '0_minutes', '007_hours', 'x'.repeat(129)];
const odd = fc.oneof(
  fc.constantFrom<unknown>(...texts, null, true, false, -1, 0.1, 1e21, 1e308, 5e-324, 2 ** 53, [], {}, [1]),
  fc.constant(missing),
  fc.jsonValue(),
);

const faults = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 2 }) },
);

export const anyAct: fc.Arbitrary<JsonObject> = fc.tuple(sound, more, faults).map(([act, told, list]) =>
  list.reduce<JsonObject>(
    (spoilt, [place, value]) => {
      const paths = pathsOf(spoilt);
      return withValue(spoilt, paths[place % paths.length] ?? ['action'], value);
    },
    { ...act, ...told } as JsonObject,
  ),
);
