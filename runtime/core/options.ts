/** Options in three stages: given (partial), defaulted, compiled (checked, then frozen). No `??` on an option after that. */
import { InvalidOptionError } from './errors.ts';
import { isObject } from './json.ts';
import { unknownName } from './nearest-name.ts';

/** The default of one option with the rule for its values. */
export interface OptionRule<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly holds: (value: unknown) => value is T;
}

export type OptionRules<T> = { readonly [K in keyof T]: OptionRule<T[K]> };

/** The names of the options of `T`: the compiler wants all of them, and no other. */
export const namesOf = <T>(names: { readonly [K in keyof Required<T>]: true }): ReadonlySet<string> =>
  new Set(Object.keys(names));

/**
 * Refuses a value that is no object, and fields that are not options. An instance of a class may have fields of its own. Hot path:
 * allocates nothing.
 * @param of the function or option that takes them: `defineAgent`, `greeter.mailbox`
 * @throws InvalidOptionError with the nearest known name
 */
export function checkOptions(of: string, given: unknown, known: ReadonlySet<string>): void {
  if (!isObject(given)) throw new InvalidOptionError(of, 'an object', given);
  if (!isPlain(given)) return;
  for (const name in given) if (!known.has(name) && Object.hasOwn(given, name)) throw unknownOption(name, of, known);
}

/** Checks what was given against the rules, fills in the defaults, refuses unknown names, and freezes. */
export function compileOptions<T extends object>(where: string, rules: OptionRules<T>, given: Partial<T>): Readonly<T> {
  const known = Object.keys(rules);
  checkOptions(where, given, new Set(known));
  const compiled: Partial<T> = {};
  for (const name of known as (keyof T & string)[]) {
    const rule = rules[name];
    const value: unknown = given[name] === undefined ? rule.fallback : given[name];
    if (!rule.holds(value)) throw new InvalidOptionError(`${where}.${name}`, rule.rule, value);
    compiled[name] = value;
  }
  return Object.freeze(compiled as T);
}

/** Takes what has these methods: nothing will not do. @throws InvalidOptionError */
export function needMethods(option: string, value: unknown, methods: readonly string[]): void {
  checkMethods(option, value === undefined ? null : value, methods);
}

/** Takes a text, or nothing. @throws InvalidOptionError */
export function checkText(option: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  throw new InvalidOptionError(option, 'a text', value);
}

/** Takes a text: nothing will not do. @throws InvalidOptionError */
export const needText = (option: string, value: unknown): void => checkText(option, value === undefined ? null : value);

/** Takes one of them, or nothing: then it is the first. @throws InvalidOptionError */
export function choiceOf<const T extends string>(
  option: string,
  given: T | undefined,
  allowed: readonly [T, ...T[]],
): T {
  const [usual] = allowed;
  const rule = oneOf<T>(usual, allowed);
  const value: unknown = given === undefined ? usual : given;
  if (rule.holds(value)) return value;
  throw new InvalidOptionError(option, rule.rule, value);
}

/** @throws InvalidOptionError */
export function yesOrNo(option: string, given: boolean | undefined, usual: boolean): boolean {
  if (given === undefined) return usual;
  if (typeof given === 'boolean') return given;
  throw new InvalidOptionError(option, 'true or false', given);
}

/** Takes a function, or nothing. @throws InvalidOptionError */
export function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new InvalidOptionError(option, 'a function', value);
}

/** Takes a function: nothing will not do. @throws InvalidOptionError */
export const needFunction = (option: string, value: unknown): void =>
  checkFunction(option, value === undefined ? null : value);

/** Takes an object with these methods, or nothing. @throws InvalidOptionError */
export function checkMethods(option: string, value: unknown, methods: readonly string[]): void {
  if (value === undefined) return;
  const has = (method: string): boolean => typeof (value as Record<string, unknown>)[method] === 'function';
  if (typeof value === 'object' && value !== null && methods.every(has)) return;
  throw new InvalidOptionError(option, `an object with the methods ${methods.join(', ')}`, value);
}

/** Takes a `Clock`, or nothing. @throws InvalidOptionError */
export const checkClock = (value: unknown): void => checkMethods('clock', value, ['now', 'monotonic', 'after']);

/** Takes a `Logger`, or nothing. @throws InvalidOptionError */
export const checkLog = (value: unknown): void => checkMethods('log', value, ['debug', 'info', 'warn', 'error']);

/** A whole number within bounds. */
export function whole(fallback: number, min: number, max: number, unit: string): OptionRule<number> {
  return {
    fallback,
    rule: `a whole number of ${unit} from ${min} to ${max}`,
    holds: (value): value is number => Number.isSafeInteger(value) && inBounds(value as number, min, max),
  };
}

/** Rule: a finite number within bounds. */
export function quantity(fallback: number, min: number, max: number, unit: string): OptionRule<number> {
  return {
    fallback,
    rule: `a number of ${unit} from ${min} to ${max}`,
    holds: (value): value is number => typeof value === 'number' && Number.isFinite(value) && inBounds(value, min, max),
  };
}

export function oneOf<const T extends string>(fallback: NoInfer<T>, allowed: readonly T[]): OptionRule<T> {
  return {
    fallback,
    rule: `one of ${allowed.join(', ')}`,
    holds: (value): value is T => (allowed as readonly unknown[]).includes(value),
  };
}

const inBounds = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** Of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const unknownOption = (name: string, of: string, known: ReadonlySet<string>): InvalidOptionError =>
  new InvalidOptionError(`${of}.${name}`, 'a known option', name, unknownName('option', name, of, known));
