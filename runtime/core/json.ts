/** JSON values, with a check that keeps deep or prototype-polluting ones out of the mesh. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A fault in a value, with its path. */
export interface JsonFault {
  readonly path: string;
  readonly fault: 'too_deep' | 'unsafe_key' | 'not_json';
  /** The value that is not JSON. */
  readonly value?: unknown;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Finds the first part of `value` that is nested more than `maxDepth` deep, has a key that could reach a prototype
 * (`__proto__`, or `constructor` holding `prototype`), or is not JSON. A depth of 1 is a scalar or an empty object.
 */
export function findJsonFault(value: unknown, maxDepth: number): JsonFault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { path: '', fault: 'not_json', value };
    case 'object':
      break;
    default:
      return { path: '', fault: 'not_json', value };
  }
  if (value === null) return undefined;
  if (maxDepth <= 0) return { path: '', fault: 'too_deep' };
  return Array.isArray(value)
    ? findArrayFault(value, maxDepth)
    : findObjectFault(value as Record<string, unknown>, maxDepth);
}

/** Builds the path on the way back from a fault, because nearly every value has none. */
function findArrayFault(value: readonly unknown[], maxDepth: number): JsonFault | undefined {
  for (let i = 0; i < value.length; i++) {
    const found = findJsonFault(value[i], maxDepth - 1);
    if (found !== undefined) return { ...found, path: `[${i}]${found.path}` };
  }
  return undefined;
}

function findObjectFault(value: Record<string, unknown>, maxDepth: number): JsonFault | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { path: '', fault: 'not_json', value };
  for (const key in value) {
    if (key === '__proto__' || (key === 'constructor' && hasPrototypeKey(value[key]))) {
      return { path: `.${key}`, fault: 'unsafe_key' };
    }
    const child = value[key];
    if (child === undefined) continue;
    const found = findJsonFault(child, maxDepth - 1);
    if (found !== undefined) return { ...found, path: `.${key}${found.path}` };
  }
  return undefined;
}

/** Tells whether a value under the key `constructor` could reach a prototype. */
export const hasPrototypeKey = (value: unknown): boolean => isObject(value) && Object.hasOwn(value, 'prototype');
