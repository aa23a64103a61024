/** The meaning of a trace query, implemented a second time in another way: over the traces themselves. */
import type { Json, JsonObject } from '../../../runtime/core/json.ts';
import { isObject } from '../../../runtime/core/json.ts';
import type { ReasoningTrace } from '../../../runtime/telemetry/reasoning-trace.ts';
import type { TraceComparison, TraceQuery } from '../../../runtime/telemetry/trace-query.ts';

export function matches(query: TraceQuery, trace: ReasoningTrace): boolean {
  switch (query.kind) {
    case 'and':
      return matches(query.left, trace) && matches(query.right, trace);
    case 'or':
      return matches(query.left, trace) || matches(query.right, trace);
    case 'not':
      return !matches(query.of, trace);
    case 'compare':
      return candidates(query, JSON.parse(JSON.stringify(trace)) as JsonObject).some((json) => holds(query, json));
    default:
      return query satisfies never;
  }
}

function candidates({ field, path }: TraceComparison, trace: JsonObject): readonly Json[] {
  let found: readonly Json[] = [trace[field] ?? null];
  for (const part of path) {
    const holders = isIndex(part) ? found : found.flatMap(elements);
    found = holders.map((holder) => child(holder, part));
  }
  return found.flatMap(elements);
}

const isIndex = (part: string): boolean => /^\d+$/.test(part);

const elements = (json: Json): readonly Json[] => (Array.isArray(json) ? (json as readonly Json[]) : [json]);

function child(holder: Json, part: string): Json {
  if (Array.isArray(holder)) return (isIndex(part) ? (holder as readonly Json[])[Number(part)] : null) ?? null;
  return isObject(holder) && Object.hasOwn(holder, part) ? ((holder as JsonObject)[part] ?? null) : null;
}

function holds({ operator, value }: TraceComparison, json: Json): boolean {
  if (operator === 'contains') return textsOf(json).some((text) => lower(text).includes(lower(String(value))));
  if (value === null) return (json === null) === (operator === '=');
  if (typeof json !== typeof value || json === null || typeof json === 'object') return false;
  const [a, b] = typeof json === 'string' ? [Buffer.from(json), Buffer.from(String(value))] : [json, value];
  const order = Buffer.isBuffer(a) && Buffer.isBuffer(b) ? Buffer.compare(a, b) : Number(a) - Number(b);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    default:
      return operator satisfies never;
  }
}

function textsOf(json: Json): readonly string[] {
  if (typeof json === 'string') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(textsOf) : [];
}

/** As a database without a language does it: A to Z. */
const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
