import { describe, expect, it } from 'vitest';
import { type MadeHistory, made } from './made-history.ts';

/** Node `n1` owns the only partition as process `node-0.1`, and answers from `from` to `to`, twice a second. */
function owned(from: number, to: number, status: (t: number) => string = () => 'ok'): MadeHistory {
  const run = made()
    .add(0, 'run', { event: 'process', process: 'node-0.1', phase: 'ready', node: 'n1' })
    .add(0, 'run', { event: 'owner', partition: 0, epoch: 1, owner: 'n1' });
  for (let t = from; t <= to; t += 500)
    run.add(t, 'run', { event: 'health', node: 'node-0.1', status: status(t), reasons: [] });
  return run;
}

describe('the checker of health', () => {
  it('The checker finds an intent that waits in a still mailbox while its owner reports "ok"', () => {
    const run = owned(0, 60_000)
      .accepted(1_000, 'a', 1)
      .started(40_000, 'node-0.1', 'a')
      .handled(40_001, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['health_true']);
  });

  it('The checker finds nothing when the owner reported a fault', () => {
    const said = (t: number): string => (t % 10_000 === 0 ? 'degraded' : 'ok');
    const run = owned(0, 60_000, said)
      .accepted(1_000, 'a', 1)
      .started(40_000, 'node-0.1', 'a')
      .handled(40_001, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });

  it('The checker takes silence for no answer', () => {
    const run = owned(0, 5_000);
    for (let t = 30_000; t <= 40_000; t += 500)
      run.add(t, 'run', { event: 'health', node: 'node-0.1', status: 'ok', reasons: [] });
    run.accepted(1_000, 'a', 1).started(38_000, 'node-0.1', 'a').handled(38_001, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });

  it('The checker does not ask a node that owns nothing', () => {
    const run = owned(0, 60_000, () => 'degraded');
    run.add(0, 'run', { event: 'process', process: 'node-1.1', phase: 'ready', node: 'n2' });
    for (let t = 0; t <= 60_000; t += 500)
      run.add(t, 'run', { event: 'health', node: 'node-1.1', status: 'ok', reasons: [] });
    run.accepted(1_000, 'a', 1).started(40_000, 'node-0.1', 'a').handled(40_001, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds nothing while the mailbox is busy with others', () => {
    const run = owned(0, 60_000).accepted(1_000, 'a', 2);
    for (let i = 0; i < 4; i++) {
      run.started(1_000 + i * 10_000, 'node-0.1', `b${i}`).handled(10_000 + i * 10_000, 'node-0.1', `b${i}`);
    }
    run.started(41_000, 'node-0.1', 'a').handled(41_001, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds a store that holds messages while nothing is handled', () => {
    const run = owned(0, 60_000);
    for (let t = 1_000; t <= 30_000; t += 500) run.add(t, 'run', { event: 'backlog', messages: 3 });
    run.add(30_500, 'run', { event: 'backlog', messages: 0 });
    expect(run.rules()).toEqual(['health_true']);
  });

  it('The checker finds nothing in a store that is empty now and then', () => {
    const run = owned(0, 60_000);
    for (let t = 1_000; t <= 60_000; t += 500)
      run.add(t, 'run', { event: 'backlog', messages: t % 5_000 === 0 ? 0 : 3 });
    expect(run.rules()).toEqual([]);
  });
});
