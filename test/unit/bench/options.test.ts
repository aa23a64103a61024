import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { numbers, whole } from '../../../bench/options.ts';

describe('a number on the command line', () => {
  it.each(['', 'x', '-1', '1.5', '1e3', '0', '11', ' 5'])(
    'A number on the command line is refused when it is "%s"',
    (text) => {
      expect(() => whole(1, 10)(text)).toThrow(InvalidArgumentError);
    },
  );

  it('A number on the command line may be either end of its range', () => {
    expect([whole(1, 10)('1'), whole(1, 10)('10')]).toEqual([1, 10]);
  });

  it('A number on the command line may be a list, with each value counted once', () => {
    expect(numbers(1, 1_000)('10,1000, 10')).toEqual([10, 1_000]);
    expect(() => numbers(1, 1_000)('10,')).toThrow(InvalidArgumentError);
  });
});
