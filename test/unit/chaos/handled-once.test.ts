import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../../runtime/testing/chaos/fault-kinds.ts';
import { made } from './made-history.ts';

/** Handled by `first` from 1,000 to `ended`, and again by `second` at 20,000. */
function twice(first: string, second: string, ended?: number) {
  const run = made().accepted(1, 'a', 1).started(1_000, first, 'a');
  if (ended !== undefined) run.handled(ended, first, 'a');
  return run.started(20_000, second, 'a').handled(20_010, second, 'a');
}

describe('the checker of repeated handlings', () => {
  it('The checker finds an intent that one process handled twice', () => {
    expect(twice('node-0.1', 'node-0.1', 1_010).rules()).toEqual(['handled_once']);
  });

  it('The checker finds an intent that two living nodes handled', () => {
    expect(twice('node-0.1', 'node-1.1', 1_010).rules()).toEqual(['handled_once']);
  });

  it('The checker does not count the next attempt after a failed one', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .started(1_000, 'node-0.1', 'a')
      .failed(1_010, 'node-0.1', 'a')
      .started(2_000, 'node-0.1', 'a', 2)
      .handled(2_010, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
    expect(run.counts()).toMatchObject({ redelivered: 0 });
  });

  it.each<FaultKind>(['kill_node', 'term_node'])(
    'The checker excuses and counts a repetition of what was in hand at a %s',
    (fault) => {
      const run = twice('node-0.1', 'node-1.1').fault(5_000, 5_010, fault, 'node-0.1');
      expect(run.rules()).toEqual([]);
      expect(run.counts()).toMatchObject({ redelivered: 1, split_handled: 0 });
    },
  );

  it.each<FaultKind>(['stop_node', 'split_brain'])(
    'The checker counts an intent in hand at a %s as handled by both nodes',
    (fault) => {
      const run = twice('node-0.1', 'node-1.1', 30_000).fault(5_000, 25_000, fault, 'node-0.1');
      expect(run.rules()).toEqual([]);
      expect(run.counts()).toMatchObject({ redelivered: 1, split_handled: 1 });
    },
  );

  it('The checker finds a repeated intent that had been acknowledged long before the kill', () => {
    expect(twice('node-0.1', 'node-1.1', 1_010).fault(15_000, 15_010, 'kill_node', 'node-0.1').rules()).toEqual([
      'handled_once',
    ]);
  });

  it('The checker excuses a repeated intent that ended just before the kill: its acknowledgement was on its way', () => {
    expect(twice('node-0.1', 'node-1.1', 1_010).fault(2_000, 2_010, 'kill_node', 'node-0.1').rules()).toEqual([]);
  });

  it('The checker excuses a repeated intent that could not be acknowledged before the kill, because the store was away', () => {
    const run = twice('node-0.1', 'node-1.1', 1_010)
      .fault(900, 12_000, 'hold')
      .fault(15_000, 15_010, 'kill_node', 'node-0.1');
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds a repeated intent that was finished before a clean end, although it had just ended', () => {
    expect(twice('node-0.1', 'node-1.1', 1_900).fault(1_500, 2_000, 'term_node', 'node-0.1').rules()).toEqual([
      'handled_once',
    ]);
  });

  it('The checker does not excuse one node by a fault of another', () => {
    expect(twice('node-0.1', 'node-1.1').fault(5_000, 5_010, 'kill_node', 'node-1.1').rules()).toEqual([
      'handled_once',
    ]);
  });

  it('The checker finds a zombie: a stopped node that begins intents after others have handled them', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .fault(1_000, 30_000, 'split_brain', 'node-0.1')
      .started(20_000, 'node-1.1', 'a')
      .handled(20_010, 'node-1.1', 'a')
      .started(30_001, 'node-0.1', 'a')
      .handled(30_002, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['handled_once']);
  });

  it('The checker finds a zombie also when it is the faster one', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .fault(1_000, 30_000, 'split_brain', 'node-0.1')
      .started(30_001, 'node-0.1', 'a')
      .handled(30_002, 'node-0.1', 'a')
      .started(30_003, 'node-1.1', 'a')
      .handled(30_010, 'node-1.1', 'a');
    expect(run.rules()).toEqual(['handled_once']);
  });

  it('The checker excuses a process that lost the partition and got it back, but only if the store had been in trouble', () => {
    const lost = () =>
      twice('node-0.1', 'node-0.1', 6_000)
        .add(1, 'run', { event: 'process', process: 'node-0.1', phase: 'ready', node: 'n1' })
        .add(12_000, 'run', { event: 'owner', partition: 0, epoch: 2, owner: 'n2' })
        .add(19_000, 'run', { event: 'owner', partition: 0, epoch: 3, owner: 'n1' });
    expect(lost().fault(5_000, 14_000, 'hold').rules()).toEqual([]);
    expect(lost().rules()).toEqual(['handled_once']);
  });

  it('The checker excuses a takeover from a node that was cut off, but no repetition by a living process', () => {
    expect(twice('node-0.1', 'node-1.1', 6_000).fault(5_000, 14_000, 'hold').rules()).toEqual([]);
    expect(twice('node-0.1', 'node-0.1', 6_000).fault(5_000, 14_000, 'hold').rules()).toEqual(['handled_once']);
  });
});
