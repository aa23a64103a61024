import { expect, it } from 'vitest';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import { compileOptions, type OptionRules, oneOf, quantity, whole } from '../../../runtime/core/options.ts';

interface Options {
  readonly capacity: number;
  readonly rate: number;
  readonly mode: 'reject' | 'wait';
}

const rules: OptionRules<Options> = {
  capacity: whole(256, 1, 1_000, 'intents'),
  rate: quantity(0.5, 0, 10, 'intents a second'),
  mode: oneOf('reject', ['reject', 'wait']),
};

/** As a caller without types would call it. */
const compile = (given: unknown): Readonly<Options> => compileOptions('lane', rules, given as Partial<Options>);

it('fills in defaults, keeps what was given, and freezes', () => {
  expect(compile({})).toEqual({ capacity: 256, rate: 0.5, mode: 'reject' });
  expect(compile({ capacity: 1, rate: 10, mode: 'wait' })).toEqual({ capacity: 1, rate: 10, mode: 'wait' });
  expect(compile({ rate: 0, capacity: undefined })).toEqual({ capacity: 256, rate: 0, mode: 'reject' });
  expect(Object.isFrozen(compile({}))).toBe(true);
});

it.each([
  ['capacity', [0, 1_001, 1.5, Number.NaN, '5', null], 'a whole number of intents from 1 to 1000'],
  ['rate', [-0.1, 10.1, Number.NaN, Number.POSITIVE_INFINITY, '5', null], 'a number of intents a second from 0 to 10'],
  ['mode', ['drop', '', 1, null], 'one of reject, wait'],
])('refuses a wrong "%s", naming option, rule and value', (option, values, rule) => {
  for (const value of values) {
    const attempt = () => compile({ [option]: value });
    expect(attempt).toThrow(InvalidOptionError);
    expect(attempt).toThrow(
      `option "lane.${option}" must be ${rule}, but is ${typeof value === 'number' ? value : JSON.stringify(value)}`,
    );
  }
});

it('refuses an option that it does not know', () => {
  expect(() => compile({ capactiy: 5 })).toThrow('option "lane.capactiy" must be one of capacity, rate, mode');
});
