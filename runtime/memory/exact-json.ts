/** Writes a value as JSON text that restores it exactly; refuses a value that JSON would change, with the path of the fault. */
import { ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';

/** The memory would return another value than the one it was given. */
export class MemoryValueError extends ParleyError {
  /** The path from the value on, such as `.readings[3]`; empty for the value itself. */
  readonly path: string;

  constructor(memory: string, path: string, fault: string) {
    const where = path === '' ? 'the value' : `the value at "${path.slice(0, 200)}"`;
    super('PARLEY_MEMORY_VALUE', `${memory} cannot keep ${where} as it is: ${fault}; store JSON values only`);
    this.path = path;
  }
}

const deepest = 256;

/** Returns the exact JSON text of a value. @throws MemoryValueError */
export function exactJson(memory: string, value: Json): string {
  return hasNegativeZero(memory, value, '', 0) ? written(value) : JSON.stringify(value);
}

/** Checks a value. @param path of the value. @throws MemoryValueError for anything that JSON text changes or omits */
export function checkExact(memory: string, value: Json, path: string): void {
  hasNegativeZero(memory, value, path, 0);
}

/** Checks a text. @throws MemoryValueError for a lone surrogate: in UTF-8, all lone surrogates become the same bytes */
export function checkWholeText(memory: string, text: string, path: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new MemoryValueError(memory, path, 'it has half a character (a lone surrogate)');
}

/** Checks a value. @returns whether it contains -0, which `JSON.stringify` writes as 0 */
function hasNegativeZero(memory: string, value: unknown, path: string, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return false;
    case 'number':
      if (Number.isFinite(value)) return Object.is(value, -0);
      throw new MemoryValueError(memory, path, `it is ${value}`);
    case 'object':
      break;
    default:
      throw new MemoryValueError(
        memory,
        path,
        `it is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`,
      );
  }
  if (value === null) return false;
  if (depth > deepest)
    throw new MemoryValueError(memory, path, `it is nested more than ${deepest} deep, or holds itself`);
  let found = false;
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length; n++) {
      if (hasNegativeZero(memory, value[n], `${path}[${n}]`, depth + 1)) found = true;
    }
    return found;
  }
  checkPlain(memory, value, path);
  for (const key of Object.keys(value)) {
    if (key === '__proto__')
      throw new MemoryValueError(memory, `${path}.${key}`, 'a key of this name reaches the prototype');
    const part = (value as Readonly<Record<string, unknown>>)[key];
    if (hasNegativeZero(memory, part, `${path}.${key}`, depth + 1)) found = true;
  }
  return found;
}

function checkPlain(memory: string, value: object, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new MemoryValueError(memory, path, `it is an object of class ${value.constructor?.name ?? '(unnamed)'}`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw new MemoryValueError(memory, path, 'it has a symbol for a key');
}

function written(value: Json): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => written(item)).join(',')}]`;
  const fields = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${written(part as Json)}`);
  return `{${fields.join(',')}}`;
}
