/** Options in three stages: given (partial), defaulted, compiled (checked, then frozen). No `??` on an option after that. */
import { InvalidOptionError } from './errors.ts';

/** The default of one option with the rule for its values. */
export interface OptionRule<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly holds: (value: unknown) => value is T;
}

export type OptionRules<T> = { readonly [K in keyof T]: OptionRule<T[K]> };

/** Compiles options: refuses unknown names, checks each value against its rule, fills in defaults, freezes the result. */
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

/** Rule: a whole number within bounds. */
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
