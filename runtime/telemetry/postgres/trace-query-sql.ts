/**
 * Turns a trace query into an SQL condition. The SQL text consists only of parts of this file, plus `$1`, `$2`, ...: field names
 * select one of the columns below, all other parts of the query are parameters.
 */
import { type SqlValue, storableText } from '../../database/index.ts';
import type { TraceField, TraceOperator } from '../trace-fields.ts';
import type { TraceComparison, TraceQuery } from '../trace-query.ts';

/** Each column as JSON, so that all of them are compared in the same way. */
const columns: Readonly<Record<TraceField, string>> = {
  trace_id: 'to_jsonb(trace_id)',
  agent_id: 'to_jsonb(agent_id)',
  on_behalf_of: 'to_jsonb(on_behalf_of)',
  intent_id: 'to_jsonb(intent_id)',
  root_intent_id: 'to_jsonb(root_intent_id)',
  at: 'to_jsonb(round(extract(epoch from "timestamp") * 1000))',
  context_retrieved: 'context_retrieved',
  alternatives_considered: 'alternatives_considered',
  decision_rationale: 'to_jsonb(decision_rationale)',
  selected_action: 'selected_action',
  confidence_score: 'to_jsonb(confidence_score)',
  policy: 'policy',
  expected_outcome: 'expected_outcome',
  actual_outcome: 'actual_outcome',
  success: 'to_jsonb(success)',
  otel_trace_id: 'to_jsonb(otel_trace_id)',
  act_key: 'to_jsonb(act_key)',
  previous_trace_id: 'to_jsonb(previous_trace_id)',
};

const sqlOperators: Readonly<Record<Exclude<TraceOperator, 'contains'>, string>> = {
  '=': '=',
  '!=': '<>',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
};

/** @param parameter stores a value. It returns its placeholder: `$1` */
export function sqlOf(query: TraceQuery, parameter: (value: SqlValue) => string): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${sqlOf(query.left, parameter)} ${query.kind} ${sqlOf(query.right, parameter)})`;
    case 'not':
      return `(not ${sqlOf(query.of, parameter)})`;
    case 'compare':
      return comparison(query, parameter);
    default:
      return query satisfies never;
  }
}

/** Follows the path; expands each list on the way, or at its end, into rows. */
function comparison(query: TraceComparison, parameter: (value: SqlValue) => string): string {
  const rows: string[] = [];
  const takenApart = (json: string): string => {
    const row = `row${rows.length}`;
    rows.push(`jsonb_array_elements(${asList(json)}) as ${row}(json)`);
    return `${row}.json`;
  };
  let json = columns[query.field];
  for (const part of query.path) {
    const holder = isIndex(part) ? json : takenApart(json);
    json = `jsonb_extract_path(${holder}, ${parameter(storableText(part))}::text)`;
  }
  const element = takenApart(json);
  return `exists (select from ${rows.join(', ')} where ${test(element, query, parameter)})`;
}

const isIndex = (part: string): boolean => /^\d+$/.test(part);

/** Treats a missing value as null, like JSON. */
const asList = (json: string): string =>
  `case jsonb_typeof(${json}) when 'array' then ${json} else jsonb_build_array(${json}) end`;

function test(json: string, { operator, value }: TraceComparison, parameter: (value: SqlValue) => string): string {
  if (operator === 'contains') return containsText(json, parameter(storableText(String(value))));
  const compare = sqlOperators[operator];
  if (value === null) return `jsonb_typeof(${json}) ${compare} 'null'`;
  switch (typeof value) {
    case 'number':
      // only a case prevents the cast from running on a value that is not a number
      return `case jsonb_typeof(${json}) when 'number' then ${json}::numeric ${compare} ${parameter(value)}::numeric
        else false end`;
    case 'boolean':
      return `jsonb_typeof(${json}) = 'boolean' and ${json} ${compare} to_jsonb(${parameter(value)}::boolean)`;
    default:
      return `jsonb_typeof(${json}) = 'string'
        and (${json} #>> '{}') collate "C" ${compare} ${parameter(storableText(value))}::text`;
  }
}

const containsText = (json: string, text: string): string =>
  `exists (select from jsonb_path_query(${json}, '$.**') as part(json) where jsonb_typeof(part.json) = 'string'
     and position(lower(${text}::text) in lower(part.json #>> '{}')) > 0)`;
