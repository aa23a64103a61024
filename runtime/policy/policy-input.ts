/** Checks the input of the evaluator: a plain JSON object of bounded size. Any other input is denied before evaluation. */
import { findJsonFault, isObject } from '../core/json.ts';

/** Deeper input would exhaust the stack of the evaluator. */
const mostDepth = 32;
/** Limits the values plus characters; an intent has no more bytes. The memory of the evaluator never shrinks. */
const mostSize = 256 * 1024;

/** @returns the fault in words, or undefined. May throw what getters of the input throw. */
export function findInputFault(input: unknown): string | undefined {
  // the library reads 0, "", false and null as "no input"
  if (!isObject(input)) return 'it is no object';
  if (!isWithin(input, mostSize)) return `it has more than ${mostSize} values and characters`;
  const found = findJsonFault(input, mostDepth);
  if (found === undefined) return undefined;
  switch (found.fault) {
    case 'too_deep':
      return `it is nested more than ${mostDepth} deep at "${found.path}"`;
    case 'unsafe_key':
      return `it has an unsafe key at "${found.path}"`;
    case 'not_json':
      return `it has a value at "${found.path}" that is no JSON`;
    default:
      return found.fault satisfies never;
  }
}

/** Iterative, so that input that contains itself, or one part a million times, still terminates. */
function isWithin(input: object, most: number): boolean {
  const open: object[] = [input];
  let size = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const key of Object.keys(next)) {
      const value = (next as Readonly<Record<string, unknown>>)[key];
      size += 1 + key.length + (typeof value === 'string' ? value.length : 0);
      if (size > most) return false;
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
  return true;
}
