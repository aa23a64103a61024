/** Formats a reasoning trace for people. */

import { toIso } from '../core/clock.ts';
import { highest } from '../core/extremes.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { printableLine } from '../core/printable.ts';
import type { ReasoningTrace } from '../telemetry/reasoning-trace.ts';
import { tableLines } from './table.ts';

export const traceHead: readonly string[] = ['at', 'trace', 'agent', 'action', 'confidence', 'policy', 'outcome'];

/** Formats one row of a list. */
export function traceRow(trace: ReasoningTrace): readonly string[] {
  const { at, trace_id, agent_id, selected_action, confidence_score, policy } = trace;
  const { action, resource = '' } = selected_action;
  return [
    toIso(at),
    trace_id,
    agent_id,
    `${cell(action)} ${cell(resource)}`.trimEnd(),
    String(confidence_score),
    verdictOf(policy),
    outcomeOf(trace),
  ];
}

/** Formats a whole trace: context, alternatives, policy, reasons, expectation, outcome. */
export function traceLines(trace: ReasoningTrace): readonly string[] {
  const { agent_id: agent, intent_id: intent, root_intent_id: root, confidence_score: confidence } = trace;
  const { on_behalf_of, act_key: act, previous_trace_id: previous } = trace;
  const opentelemetry = trace.otel_trace_id === null ? {} : { opentelemetry: trace.otel_trace_id };
  const behalf = on_behalf_of === undefined ? {} : { 'on behalf of': on_behalf_of };
  const links = { ...(act === undefined ? {} : { act }), ...(previous === undefined ? {} : { previous }) };
  return [
    printableLine(trace.trace_id),
    ...indented(
      pairLines({ agent, ...behalf, at: toIso(trace.at), intent, root, confidence, ...opentelemetry, ...links }),
    ),
    ...section('what was read', contextLines(trace)),
    ...section('what was weighed', alternativeLines(trace)),
    ...section('what was chosen', pairLines(trace.selected_action)),
    ...section('why', [printableLine(trace.decision_rationale)]),
    ...section('what policy said', policyLines(trace.policy)),
    ...section('what was expected, and what came of it', outcomeLines(trace)),
  ];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`.trimEnd());

function section(title: string, lines: readonly string[]): readonly string[] {
  const said = lines.filter((line) => line !== '');
  return ['', title, ...indented(said.length === 0 ? ['nothing'] : said)];
}

/** Formats a table if it has rows. */
const rowLines = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : tableLines(head, rows);

function contextLines({ context_retrieved }: ReasoningTrace): readonly string[] {
  const rows = context_retrieved.map(({ source, id, version, score, text }) =>
    [source, id, version, score, text].map(cell),
  );
  return rowLines(['from', 'id', 'version', 'score', 'text'], rows);
}

/** Formats alternatives with one column per field of any of them; `*` marks the chosen one. */
function alternativeLines({ alternatives_considered, selected_action }: ReasoningTrace): readonly string[] {
  const names = [...new Set(alternatives_considered.flatMap((alternative) => Object.keys(alternative)))];
  const head = ['action', ...names.filter((name) => name !== 'action')];
  const rows = alternatives_considered.map((alternative) => [
    alternative.action === selected_action.action ? '*' : '',
    ...head.map((name) => cell(alternative[name])),
  ]);
  return rowLines(['', ...head.map(printableLine)], rows);
}

const policyOrder: readonly string[] = ['effect', 'permitted', 'reason', 'conflict', 'strategy', 'bundle'];

/** Formats the rules; `*` marks those that decided. */
function policyLines({ contributions, winners, approval, ...rest }: JsonObject): readonly string[] {
  const names = [...policyOrder, ...Object.keys(rest)].filter((name) => Object.hasOwn(rest, name));
  const ordered = Object.fromEntries(names.map((name) => [name, rest[name] ?? null]));
  const decided = new Set(Array.isArray(winners) ? winners : []);
  const rules = (Array.isArray(contributions) ? contributions : []).filter(isObject);
  const rows = rules.map(({ id, tier, effect, reason }) => [
    decided.has(id) ? '*' : '',
    ...[tier, effect, id, reason].map(cell),
  ]);
  return [
    ...pairLines(ordered),
    ...rowLines(['', 'tier', 'effect', 'rule', 'reason'], rows),
    ...(isObject(approval) ? [approvalLine(approval)] : []),
  ];
}

const approvalLine = ({ approved, by, comment }: Readonly<Record<string, unknown>>): string =>
  `${approved === true ? 'approved' : 'not approved'} by ${cell(by)}: ${cell(comment)}`;

function outcomeLines(trace: ReasoningTrace): readonly string[] {
  const { expected_outcome: expected, actual_outcome: actual } = trace;
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual ?? {})])];
  const rows = names.map((name) => [name, expected[name], actual?.[name]].map(cell));
  return [...rowLines(['', 'expected', 'came'], rows), outcomeOf(trace)];
}

/** The last word about the act: policy's, or where policy wanted an approval, the approver's. */
function verdictOf({ effect, approval }: JsonObject): string {
  if (effect !== 'require_approval') return cell(effect);
  if (!isObject(approval)) return 'needs approval';
  return `${approval.approved === true ? 'approved' : 'refused'} by ${cell(approval.by)}`;
}

function outcomeOf({ success, policy }: ReasoningTrace): string {
  if (policy.permitted === false || policy.effect === 'deny') return 'not done';
  if (success === null) return 'not known yet';
  return success ? 'succeeded' : 'failed';
}

function pairLines(pairs: JsonObject): readonly string[] {
  const named = Object.entries(pairs).map(([name, value]) => [printableLine(name), cell(value)] as const);
  const width = Math.max(0, highest(named.map(([name]) => name.length)));
  return named.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function cell(value: unknown): string {
  if (value === undefined) return '-';
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value));
}
