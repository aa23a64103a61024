/**
 * Reads durable records of a mesh. Each record is checked by its shape. A corrupt record, or one of a later release, is
 * reported as unreadable under its key: it hides no other record and never counts as absent.
 */
import { ParleyError, show } from './errors.ts';
import { isObject } from './json.ts';

export type Check = (value: unknown) => boolean;

/** The shape of a record; further fields are ignored, because a later release may have added them. */
export interface RecordShape<T> {
  /** Its name for people: "escalation". */
  readonly what: string;
  readonly fields: { readonly [K in Exclude<keyof T, 'v'>]-?: Check };
  readonly versions?: readonly number[];
}

/** The place of an unreadable record. */
export interface UnreadableRecord {
  /** Its key in the bucket, or its number in the log. */
  readonly key: string;
  readonly reason: string;
}

/** Records of one kind, readable or not. */
export interface Reading<T> {
  readonly records: readonly T[];
  readonly unreadable: readonly UnreadableRecord[];
}

export interface StoredText {
  readonly key: string;
  readonly text: string;
}

/** The record exists, but this release cannot read it. */
export class UnreadableRecordError extends ParleyError {
  readonly key: string;

  constructor(what: string, key: string, reason: string) {
    super(
      'PARLEY_UNREADABLE_RECORD',
      `the record "${key}" (${what}) cannot be read: ${reason}; ` +
        'read it with the release that wrote it, or mend or remove it',
    );
    this.key = key;
  }
}

/** @throws UnreadableRecordError */
export function readStored<T extends object>(shape: RecordShape<T>, { key, text }: StoredText): T {
  const found = parsed(text);
  const fault = faultOf(shape, found, text);
  if (fault !== undefined) throw new UnreadableRecordError(shape.what, key, fault);
  return found as T;
}

export function readAllStored<T extends object>(shape: RecordShape<T>, stored: readonly StoredText[]): Reading<T> {
  const records: T[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const { key, text } of stored) {
    const found = parsed(text);
    const reason = faultOf(shape, found, text);
    if (reason === undefined) records.push(found as T);
    else unreadable.push({ key, reason });
  }
  return { records, unreadable };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function faultOf<T>(
  { fields, versions = [1] }: RecordShape<T>,
  found: Readonly<Record<string, unknown>> | undefined,
  text: string,
): string | undefined {
  if (found === undefined) return `it is no JSON object: ${show(text)}`;
  if (!versions.includes(found.v as number)) {
    return `its version is ${show(found.v)}, this release reads ${versions.join(' and ')}`;
  }
  const checks = Object.entries<Check>(fields);
  const wrong = checks.find(([name, check]) => !check(Object.hasOwn(found, name) ? found[name] : undefined));
  return wrong === undefined ? undefined : `its "${wrong[0]}" is ${show(found[wrong[0]])}`;
}

export const isText: Check = (value) => typeof value === 'string';
export const isBoolean: Check = (value) => typeof value === 'boolean';
export const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isNumber: Check = (value) => Number.isFinite(value);
export const isRecord: Check = (value) => isObject(value);

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

export const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const objectWith =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

export const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);

export const oneOfThese =
  (...known: readonly string[]): Check =>
  (value) =>
    (known as readonly unknown[]).includes(value);
