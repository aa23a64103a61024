/** The language of `parley traces query`, and the SQL that is made of it. */
import { sqlOf } from '../../../runtime/telemetry/postgres/trace-query-sql.ts';
import { parseTraceQuery } from '../../../runtime/telemetry/trace-query.ts';
import { bare, between, type Door } from '../door.ts';
import { checkPrototypes, refusesTyped } from '../typed-error.ts';

export function traceDoor(): Door {
  return {
    name: 'traces',
    parallel: 1,
    examples: [
      "selected_action.scale_factor > 5 and not policy.effect = 'allow'",
      "(success=true or success=null) and (agent_id = 'a' or at >= '2024-01-15T14:23:01Z')",
      `context_retrieved."weird key".0.a-b contains "it''s" or confidence_score <= -1.5e-3`,
    ].map((text) => Buffer.from(text)),
    frames: [bare, between('agent_id = ', ''), between("policy.'", "' = 1"), between('not (', ')')],
    attempt(input) {
      for (const text of [input.toString('utf8'), input.toString('latin1')]) {
        refusesTyped(() => sqlOf(parseTraceQuery(text), () => '$1'));
      }
      checkPrototypes();
    },
  };
}
