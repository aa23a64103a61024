import { expect, it } from 'vitest';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import {
  checkFunction,
  checkMethods,
  checkOptions,
  compileOptions,
  namesOf,
  type OptionRules,
  oneOf,
  quantity,
  whole,
} from '../../../runtime/core/options.ts';

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

it('The compiler of options fills in defaults, keeps given values, and freezes', () => {
  expect(compile({})).toEqual({ capacity: 256, rate: 0.5, mode: 'reject' });
  expect(compile({ capacity: 1, rate: 10, mode: 'wait' })).toEqual({ capacity: 1, rate: 10, mode: 'wait' });
  expect(compile({ rate: 0, capacity: undefined })).toEqual({ capacity: 256, rate: 0, mode: 'reject' });
  expect(Object.isFrozen(compile({}))).toBe(true);
});

it.each([
  ['capacity', [0, 1_001, 1.5, Number.NaN, '5', null], 'a whole number of intents from 1 to 1000'],
  ['rate', [-0.1, 10.1, Number.NaN, Number.POSITIVE_INFINITY, '5', null], 'a number of intents a second from 0 to 10'],
  ['mode', ['drop', '', 1, null], 'one of reject, wait'],
])('The compiler of options refuses a wrong "%s", naming option, rule and value', (option, values, rule) => {
  for (const value of values) {
    const attempt = () => compile({ [option]: value });
    expect(attempt).toThrow(InvalidOptionError);
    expect(attempt).toThrow(
      `option "lane.${option}" must be ${rule}, but is ${typeof value === 'number' ? value : JSON.stringify(value)}`,
    );
  }
});

it.each([
  ['capactiy', 'unknown option "capactiy" of lane: did you mean "capacity"?'],
  ['weight', 'unknown option "weight" of lane: it takes capacity, rate, mode'],
  ['constructor', 'unknown option "constructor" of lane: it takes capacity, rate, mode'],
])(
  'The compiler of options refuses the unknown option "%s", also without a value, and names the nearest or all',
  (name, message) => {
    for (const value of [5, undefined]) {
      const refusal = expect.objectContaining({ name: 'InvalidOptionError', option: `lane.${name}`, message }) as Error;
      expect(() => compile({ [name]: value })).toThrow(refusal);
    }
  },
);

it.each([null, undefined, 5, 'x', [], () => 0])('The compiler of options refuses %s in place of options', (given) => {
  const refusal = expect.objectContaining({ name: 'InvalidOptionError', option: 'lane' }) as Error;
  expect(() => compile(given)).toThrow(refusal);
  expect(() => checkOptions('lane', given, namesOf<Options>({ capacity: true, rate: true, mode: true }))).toThrow(
    refusal,
  );
});

it('The compiler of options accepts an instance of a class, which may have fields of its own', () => {
  class Given {
    capacity = 5;
    seen = 0;
  }
  expect(() => checkOptions('lane', new Given(), new Set(['capacity']))).not.toThrow();
  expect(() => checkOptions('lane', { ...new Given() }, new Set(['capacity']))).toThrow('unknown option "seen"');
});

it.each([
  ['no function', () => checkFunction('lane.stored', 5), 'option "lane.stored" must be a function, but is 5'],
  [
    'an object without one of the methods',
    () => checkMethods('log', { info: () => 0, warn: 1 }, ['info', 'warn']),
    'option "log" must be an object with the methods info, warn, but is {"warn":1}',
  ],
  [
    'no object',
    () => checkMethods('log', null, ['info']),
    'option "log" must be an object with the methods info, but is null',
  ],
])('A required method is refused when it is %s', (_what, check, message) => {
  expect(check).toThrow(expect.objectContaining({ name: 'InvalidOptionError', message }) as Error);
});

it('Functions, inherited methods and omitted ones are accepted', () => {
  class Log {
    info(): void {}
  }
  expect(() => checkMethods('log', new Log(), ['info'])).not.toThrow();
  expect(() => checkMethods('log', undefined, ['info'])).not.toThrow();
  expect(() => checkFunction('say', undefined)).not.toThrow();
});
