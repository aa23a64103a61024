/** Trace queries: their meaning, the place of a refusal, and that none of their text ever becomes SQL. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlOf } from '../../../runtime/telemetry/postgres/trace-query-sql.ts';
import { parseTraceQuery, type TraceQuery, TraceQueryError } from '../../../runtime/telemetry/trace-query.ts';
import { attack, hostileQuery, quoted, someQuery } from '../../contract/memory/trace-generators.ts';

/** A tree as people would write it. */
function show(query: TraceQuery): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${show(query.left)} ${query.kind} ${show(query.right)})`;
    case 'not':
      return `not ${show(query.of)}`;
    case 'compare':
      return `${[query.field, ...query.path].join('/')} ${query.operator} ${JSON.stringify(query.value)}`;
    default:
      return query satisfies never;
  }
}

it.each([
  ['selected_action.scale_factor > 5', 'selected_action/scale_factor > 5'],
  ["policy.effect = 'deny' and confidence_score < 0.5", '(policy/effect = "deny" and confidence_score < 0.5)'],
  ["context_retrieved contains 'ddos'", 'context_retrieved contains "ddos"'],
  ['success=true or success=null or success!=false', '((success = true or success = null) or success != false)'],
  ['success=true or success=null and success!=false', '(success = true or (success = null and success != false))'],
  ['(success=true or success=null) and success!=false', '((success = true or success = null) and success != false)'],
  ['not success = true and NOT not success = TRUE', '(not success = true and not not success = true)'],
  ['confidence_score >= -1.5e-3', 'confidence_score >= -0.0015'],
  ['agent_id = "it\'s ""quoted"""', 'agent_id = "it\'s \\"quoted\\""'],
  ["agent_id = 'it''s'", 'agent_id = "it\'s"'],
  ["policy.\"weird key\".'it''s'.0.a-b = 1", "policy/weird key/it's/0/a-b = 1"],
  ["at >= '2024-01-15T14:23:01Z'", 'at >= 1705328581000'],
  ['at < 5', 'at < 5'],
  ["agent_id = 'or'", 'agent_id = "or"'],
  [`${'('.repeat(49)}success = null${')'.repeat(49)}`, 'success = null'],
])('A query is read: %s', (text, meaning) => {
  expect(show(parseTraceQuery(text))).toBe(meaning);
});

describe('a refused query', () => {
  it.each<[string, number, RegExp]>([
    ['', 1, /expected a field \(trace_id, agent_id, .*\), "not" or "\(", but found the end/],
    ['nothing = 1', 1, /expected a field .* but found "nothing"/],
    ['__proto__ = 1', 1, /expected a field/],
    ['constructor.name = 1', 1, /expected a field/],
    ['agent_id', 9, /expected =, !=, >, >=, <, <= or contains, but found the end/],
    ['agent_id == 1', 11, /expected a text in quotes or null, but found "="/],
    ['selected_action.scale > and x', 25, /expected a number or a text in quotes, but found "and"/],
    ['selected_action.scale > true', 25, /expected a number or a text in quotes, but found "true"/],
    ['selected_action.scale contains 5', 32, /expected a text in quotes, but found "5"/],
    ['selected_action.scale > 5 success = true', 27, /expected "and", "or" or the end, but found "success"/],
    ['(success = true', 16, /expected "and", "or" or "\)", but found the end/],
    ['success = true)', 15, /expected "and", "or" or the end, but found "\)"/],
    ['success > true', 9, /expected = or !=, but found ">"/],
    ["success = 'true'", 11, /expected true or false or null/],
    ["confidence_score contains '1'", 18, /expected =, !=, >, >=, < or <=, but found "contains"/],
    ["confidence_score = 'high'", 20, /expected a number or null/],
    ['agent_id.key = 1', 1, /"agent_id" has no parts/],
    ["at > 'yesterday'", 6, /expected a time such as/],
    ["agent_id = 'open", 12, /but found "'", and the quote has no end/],
    ['agent_id = ; drop', 12, /but found ";"/],
    ['confidence_score > 1e999', 20, /this number is too large/],
    [`policy${'.a'.repeat(17)} = 1`, 1, /at most 16 parts/],
    [`${'('.repeat(51)}success = null${')'.repeat(51)}`, 51, /at most 50 brackets/],
    [Array.from({ length: 101 }, () => 'success = null').join(' and '), 1_901, /at most 100 comparisons/],
    [`agent_id = '${'x'.repeat(4_000)}'`, 4_001, /at most 4000 characters/],
  ])('A query is refused with the position and the expectation: %s', (text, position, message) => {
    const refuse = (): TraceQuery => parseTraceQuery(text);
    expect(refuse).toThrow(TraceQueryError);
    expect(refuse).toThrow(expect.objectContaining({ position, code: 'PARLEY_TRACE_QUERY' }));
    expect(refuse).toThrow(message);
  });

  it('A refused query shows the place', () => {
    expect(() => parseTraceQuery('success = maybe')).toThrow(/\n {2}success = maybe\n {2} {10}\^$/);
  });
});

it('Any text is a query, or is refused', () => {
  fc.assert(
    fc.property(fc.oneof(hostileQuery, someQuery, fc.string({ maxLength: 5_000 })), (text) => {
      try {
        parseTraceQuery(text);
      } catch (error) {
        expect(error).toBeInstanceOf(TraceQueryError);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** The SQL, and what is handed over beside it. */
function compiled(text: string): { readonly sql: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  return { sql: sqlOf(parseTraceQuery(text), (value) => `$${values.push(value)}`), values };
}

it('The SQL of a query does not depend on its texts: they are parameters', () => {
  const hostile = fc.oneof(attack, fc.string());
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom('=', '>', 'contains'), (part, text, operator) => {
      fc.pre(!/^\d+$/.test(part));
      const query = (at: string, value: string): string =>
        `not (selected_action.${quoted(at)} ${operator} ${quoted(value)} or agent_id = ${quoted(value)})`;
      const found = compiled(query(part, text));
      expect(found.sql).toBe(compiled(query('a', 'b')).sql);
      expect(found.values).toEqual([part, text, text].map((value) => value.replaceAll('\0', '\ufffd')));
    }),
    { numRuns: 1_000 },
  );
});

it('Numbers, true and false are parameters too', () => {
  expect(compiled('confidence_score = 0.25 and policy.permitted = true').values).toEqual([0.25, 'permitted', true]);
});
