import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { numbers, whole } from '../../../bench/options.ts';

describe('a number on the command line', () => {
  it.each(['', 'x', '-1', '1.5', '1e3', '0', '11', ' 5'])('is refused when it is "%s"', (text) => {
    expect(() => whole(1, 10)(text)).toThrow(InvalidArgumentError);
  });

  it('may be either end of what is allowed', () => {
    expect([whole(1, 10)('1'), whole(1, 10)('10')]).toEqual([1, 10]);
  });

  it('may be several, each counted once', () => {
    expect(numbers(1, 1_000)('10,1000, 10')).toEqual([10, 1_000]);
    expect(() => numbers(1, 1_000)('10,')).toThrow(InvalidArgumentError);
  });
});
