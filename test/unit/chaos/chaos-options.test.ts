import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import { compileChaos } from '../../../runtime/testing/chaos/chaos-options.ts';
import { faultNames } from '../../../runtime/testing/chaos/fault-kinds.ts';

describe('the options of a chaos run', () => {
  it('The options of a chaos run have defaults', () => {
    expect(compileChaos({})).toMatchObject({ seed: 1, minutes: 1, nodes: 2, servers: 1, faults: faultNames });
  });

  it('The options of a chaos run are read as a command line gives them', () => {
    const given = { seed: '7', minutes: '0.5', servers: '3', faults: 'cut,hold', broken: 'goes_deaf' };
    expect(compileChaos(given)).toMatchObject({
      seed: 7,
      minutes: 0.5,
      servers: 3,
      faults: ['cut', 'hold'],
      broken: 'goes_deaf',
    });
  });

  it.each([
    [{ servers: '2' }, /1 or 3/],
    [{ servers: '4' }, /from 1 to 3/],
    [{ seed: 'one' }, /a number/],
    [{ seed: '1.5' }, /a whole number/],
    [{ minutes: '' }, /a number/],
    [{ faults: 'cut,flood' }, /"flood"/],
    [{ broken: 'everything' }, /acks_before_handling/],
  ] as const)('A chaos run refuses the options %o', (given, reason) => {
    const compile = () => compileChaos(given);
    expect(compile).toThrow(InvalidOptionError);
    expect(compile).toThrow(reason);
  });
});
