import { describe, expect, it } from 'vitest';
import { made } from './made-history.ts';

describe('the checker of lane order', () => {
  const both = () => made().accepted(1, 'a', 1).accepted(2, 'b', 2);

  it('The checker finds two intents that began to be handled in the wrong order', () => {
    const run = both()
      .started(3, 'node-0.1', 'b')
      .handled(4, 'node-0.1', 'b')
      .started(5, 'node-0.1', 'a')
      .handled(6, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['lane_order']);
    expect(run.violations()[0]?.what).toMatch(/b \(position 2\) began to be handled before a \(position 1\)/);
  });

  it('The checker compares first handlings alone: an interrupted intent comes again after its followers', () => {
    const run = both()
      .started(3, 'node-0.1', 'a')
      .started(4, 'node-0.1', 'b')
      .fault(5, 6, 'kill_node', 'node-0.1')
      .started(7, 'node-1.1', 'a')
      .handled(8, 'node-1.1', 'a')
      .started(9, 'node-1.1', 'b')
      .handled(10, 'node-1.1', 'b');
    expect(run.rules()).toEqual([]);
  });

  it('The checker compares nodes by the clock that they share', () => {
    const run = both()
      .started(3, 'node-1.1', 'b')
      .handled(4, 'node-1.1', 'b')
      .started(5, 'node-0.1', 'a')
      .handled(6, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['lane_order']);
  });

  it('The checker takes the position of an intent from the archive, when its sender died before it wrote it down', () => {
    const run = made()
      .accepted(1, 'b', 2)
      .started(3, 'node-0.1', 'b')
      .handled(4, 'node-0.1', 'b')
      .started(5, 'node-0.1', 'a')
      .handled(6, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['lane_order']);
  });

  it('The checker does not compare different lanes', () => {
    const other = { event: 'accepted', id: 'a', lane: 'client/s1>worker/w1', seq: 1 } as const;
    const run = made()
      .add(1, 'sender', other)
      .accepted(2, 'b', 2)
      .started(3, 'node-0.1', 'b')
      .handled(4, 'node-0.1', 'b')
      .started(5, 'node-0.1', 'a')
      .handled(6, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });
});
