/**
 * A private, frozen copy of a JSON value: what was checked is what is used later, to the last digit. Refuses values that JSON
 * would change, with their path.
 */
import { ParleyError, show } from './errors.ts';
import { hasPrototypeKey } from './json.ts';

/** The depth limit of an intent. */
const mostDepth = 32;

/** A value has a part that JSON would drop, change, or could not carry at all. */
export class NotJsonError extends ParleyError {
  /** `action.arguments.instances`. */
  readonly path: string;

  constructor(path: string, why: string) {
    super('PARLEY_NOT_JSON', `"${path}" cannot be kept as JSON: it ${why}`);
    this.path = path;
  }
}

/**
 * Copies and freezes a value deeply. Reads every part once and calls no getter. Leaves out a property that is `undefined`, as
 * JSON does; writes `-0` as `0` (RFC 8785).
 * @param path the name of the value in errors
 * @throws NotJsonError
 */
export function snapshotJson<T>(value: T, path: string): T {
  return copyOf(value, path, []) as T;
}

function copyOf(value: unknown, path: string, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return textOf(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw new NotJsonError(path, `is ${value}, which is no number of JSON`);
      return value === 0 ? 0 : value;
    case 'object':
      break;
    default:
      throw new NotJsonError(path, `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  }
  if (value === null) return null;
  if (above.includes(value)) throw new NotJsonError(path, 'holds itself');
  if (above.length >= mostDepth) throw new NotJsonError(path, `is nested more than ${mostDepth} deep`);
  return Object.freeze(Array.isArray(value) ? arrayOf(value, path, above) : objectOf(value, path, above));
}

/** Refuses characters that a store would not keep: Postgres has no character 0, and UTF-8 has no unpaired surrogate. */
function textOf(text: string, path: string): string {
  if (text.includes('\0')) throw new NotJsonError(path, 'holds the character U+0000, which no store keeps');
  if (/\p{Surrogate}/u.test(text)) throw new NotJsonError(path, 'holds half of a surrogate pair');
  return text;
}

function arrayOf(array: readonly unknown[], path: string, above: readonly object[]): readonly unknown[] {
  if (Object.getPrototypeOf(array) !== Array.prototype) throw new NotJsonError(path, 'is a list of a class of its own');
  const parents = [...above, array];
  const copy: unknown[] = [];
  for (let n = 0; n < array.length; n++) {
    const found = partOf(array, String(n), `${path}[${n}]`);
    copy.push(copyOf(found, `${path}[${n}]`, parents));
  }
  const more = Reflect.ownKeys(array).find((key) => key !== 'length' && !isIndex(key, copy.length));
  if (more !== undefined) throw new NotJsonError(path, `is a list with a property "${String(more)}"`);
  return copy;
}

function objectOf(object: object, path: string, above: readonly object[]): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotJsonError(path, `is ${classOf(object)} and no plain object`);
  }
  const parents = [...above, object];
  const copy: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'symbol') throw new NotJsonError(path, `has the key ${String(key)}`);
    const at = /^[\w-]{1,64}$/.test(key) ? `${path}.${key}` : `${path}[${show(key)}]`;
    textOf(key, at);
    const found = partOf(object, key, at);
    if (key === '__proto__' || (key === 'constructor' && hasPrototypeKey(found))) {
      throw new NotJsonError(at, 'could reach the prototype of an object');
    }
    if (found !== undefined) copy[key] = copyOf(found, at, parents);
  }
  return copy;
}

/** Reads one property. Refuses getters, which may return another value each time, and hidden properties, which JSON omits. */
function partOf(holder: object, key: string, path: string): unknown {
  const part = Reflect.getOwnPropertyDescriptor(holder, key);
  if (part === undefined) throw new NotJsonError(path, 'is missing from its list');
  if (!('value' in part)) throw new NotJsonError(path, 'is a getter or setter, and no value');
  if (part.enumerable !== true) throw new NotJsonError(path, 'is hidden (not enumerable)');
  return part.value;
}

const isIndex = (key: string | symbol, length: number): boolean =>
  typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < length;

function classOf(object: object): string {
  const name: unknown = Object.getPrototypeOf(object)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'of a class';
}
