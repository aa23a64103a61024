import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FaultClass, faultKinds, faultNames } from '../../../runtime/testing/chaos/fault-kinds.ts';
import { isPossible, scheduleFaults } from '../../../runtime/testing/chaos/fault-schedule.ts';

const single = { seed: 1, minutes: 20, nodes: 2, servers: 1 };

describe('the schedule of faults', () => {
  it('The schedule of faults is the same for the same seed, and another one for another', () => {
    expect(scheduleFaults(single)).toEqual(scheduleFaults({ ...single }));
    expect(scheduleFaults(single)).not.toEqual(scheduleFaults({ ...single, seed: 2 }));
  });

  it.each([1, 3])(
    'The schedule of faults has every fault that %i servers can have at least 5 times in 20 minutes',
    (servers) => {
      const plan = { ...single, servers };
      const counts = new Map<string, number>();
      for (const { fault } of scheduleFaults(plan)) counts.set(fault, (counts.get(fault) ?? 0) + 1);
      const possible = faultNames.filter((kind) => isPossible(kind, plan));
      expect([...counts.keys()].sort()).toEqual([...possible].sort());
      expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(5);
    },
  );

  it('The schedule of faults has no fault that needs more servers or nodes than there are', () => {
    const names = scheduleFaults({ ...single, nodes: 1 }).map(({ fault }) => fault);
    expect(names).not.toContain('wipe_server');
    expect(names).not.toContain('split_brain');
  });

  it('The schedule of faults has only the requested faults', () => {
    const faults = scheduleFaults({ ...single, faults: ['cut', 'kill_node'] }).map(({ fault }) => fault);
    expect(new Set(faults)).toEqual(new Set(['cut', 'kill_node']));
  });

  it('The schedule of faults lets no two faults of one class overlap, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.constantFrom(1, 3), (seed, servers) => {
        const lastEnd = new Map<FaultClass, number>();
        for (const { at, fault, for: lasts } of scheduleFaults({ ...single, seed, servers })) {
          const of = faultKinds[fault].class;
          if (at < (lastEnd.get(of) ?? 0)) return false;
          lastEnd.set(of, at + lasts);
        }
        return true;
      }),
      { numRuns: 50 },
    );
  });
});
