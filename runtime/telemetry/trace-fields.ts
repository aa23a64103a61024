/** The fields of a reasoning trace as queries see them: the type of each, with the comparisons that it allows. */

const fields = {
  trace_id: 'text',
  agent_id: 'text',
  on_behalf_of: 'text',
  intent_id: 'text',
  root_intent_id: 'text',
  at: 'time',
  context_retrieved: 'json',
  alternatives_considered: 'json',
  decision_rationale: 'text',
  selected_action: 'json',
  confidence_score: 'number',
  policy: 'json',
  expected_outcome: 'json',
  actual_outcome: 'json',
  success: 'boolean',
  otel_trace_id: 'text',
  act_key: 'text',
  previous_trace_id: 'text',
} as const;
export type TraceField = keyof typeof fields;

export const traceFields: readonly string[] = Object.keys(fields);

const operators = ['=', '!=', '>', '>=', '<', '<=', 'contains'] as const;
export type TraceOperator = (typeof operators)[number];

/** A kind of value, as error messages name it. */
export type ValueKind = 'a number' | 'a text in quotes' | 'true or false' | 'null';

const kinds: Readonly<Record<(typeof fields)[TraceField], readonly ValueKind[]>> = {
  text: ['a text in quotes', 'null'],
  number: ['a number', 'null'],
  boolean: ['true or false', 'null'],
  time: ['a number', 'a text in quotes', 'null'],
  json: ['a number', 'a text in quotes', 'true or false', 'null'],
};

export const isField = (name: string): name is TraceField => Object.hasOwn(fields, name);
export const canHaveParts = (field: TraceField): boolean => fields[field] === 'json';
export const isTime = (field: TraceField): boolean => fields[field] === 'time';

/** Returns the operators that a field allows. */
export function operatorsOf(field: TraceField): readonly TraceOperator[] {
  const isSearched = fields[field] === 'text' || fields[field] === 'json';
  return operators.filter((operator) => (operator === 'contains' ? isSearched : kindsOf(field, operator).length > 0));
}

/** Returns the kinds of value that a field can be compared with by this operator. */
export function kindsOf(field: TraceField, operator: TraceOperator): readonly ValueKind[] {
  const all = kinds[fields[field]];
  if (operator === '=' || operator === '!=') return all;
  return all.filter((kind) => kind === 'a text in quotes' || (kind === 'a number' && operator !== 'contains'));
}

export function kindOf(value: string | number | boolean | null): ValueKind {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'number':
      return 'a number';
    case 'string':
      return 'a text in quotes';
    default:
      return 'true or false';
  }
}
