/** Options in three stages: given (partial), defaulted, compiled (checked and frozen). No `??` on an option after that. */
import { InvalidOptionError } from './errors.ts';

/** One option: its default and the rule it must keep. */
export interface OptionRule<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly holds: (value: unknown) => value is T;
}

export type OptionRules<T> = { readonly [K in keyof T]: OptionRule<T[K]> };

/** Checks what was given against the rules, fills in the defaults, refuses unknown names, and freezes. */
export function compileOptions<T extends object>(where: string, rules: OptionRules<T>, given: Partial<T>): Readonly<T> {
  const known = Object.keys(rules);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new InvalidOptionError(`${where}.${name}`, `one of ${known.join(', ')}`, name);
    }
  }
  const compiled: Partial<T> = {};
  for (const name of known as (keyof T & string)[]) {
    const rule = rules[name];
    const value: unknown = given[name] === undefined ? rule.fallback : given[name];
    if (!rule.holds(value)) throw new InvalidOptionError(`${where}.${name}`, rule.rule, value);
    compiled[name] = value;
  }
  return Object.freeze(compiled as T);
}

/** A whole number within bounds. */
export function whole(fallback: number, min: number, max: number, unit: string): OptionRule<number> {
  return {
    fallback,
    rule: `a whole number of ${unit} from ${min} to ${max}`,
    holds: (value): value is number => Number.isSafeInteger(value) && inBounds(value as number, min, max),
  };
}

/** Any finite number within bounds. */
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
