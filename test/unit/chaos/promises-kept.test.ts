import { describe, expect, it } from 'vitest';
import { differences } from '../../../runtime/testing/chaos/replicas.ts';
import { made } from './made-history.ts';

describe('the checker of promises', () => {
  it('The checker finds a ticket that said "handled" before its intent was handled', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .add(500, 'sender', { event: 'ticket', id: 'a', state: 'handled' })
      .started(900, 'node-0.1', 'a')
      .handled(1_000, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['ticket_true']);
  });

  it('The checker believes a ticket that said "handled" of a handled intent, and any ticket that said "waiting"', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .started(2, 'node-0.1', 'a')
      .handled(3, 'node-0.1', 'a')
      .add(500, 'sender', { event: 'ticket', id: 'a', state: 'handled' })
      .add(600, 'sender', { event: 'ticket', id: 'a', state: 'waiting' });
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds an intent that died of its deadline before that had passed', () => {
    const run = made()
      .add(1_000, 'sender', { event: 'sending', id: 'a', lane: 'x>y', type: 'late', n: 0, deadlineMs: 60_000 })
      .accepted(1_001, 'a', 1)
      .dead(30_000, 'a', 'PARLEY_DEADLINE_PASSED', 'late');
    expect(run.rules()).toEqual(['no_unjust_death']);
  });

  it('The checker permits an intent to die of a deadline that has passed', () => {
    const run = made()
      .add(1_000, 'sender', { event: 'sending', id: 'a', lane: 'x>y', type: 'late', n: 0, deadlineMs: 60_000 })
      .accepted(1_001, 'a', 1)
      .dead(61_500, 'a', 'PARLEY_DEADLINE_PASSED', 'late');
    expect(run.rules()).toEqual([]);
  });

  it.each([
    ['ended unasked', '0', false],
    ['ended unasked', '1', false],
    ['ended badly when it was told to', '1', true],
    ['had to be killed', 'SIGKILL', false],
  ] as const)('The checker finds a process that %s (%s)', (_what, how, asked) => {
    const run = made()
      .add(4, 'run', { event: 'process', process: 'node-0.1', phase: 'ready', node: 'n1' })
      .add(5, 'run', { event: 'process', process: 'node-0.1', phase: 'ended', how, asked });
    expect(run.rules()).toEqual(['process_lives']);
  });

  it('The checker permits a process to end with 0 on request, and to be killed by a fault', () => {
    const run = made()
      .add(5, 'run', { event: 'process', process: 'node-0.1', phase: 'ended', how: '0', asked: true })
      .add(6, 'run', { event: 'process', process: 'node-0.2', phase: 'ended', how: 'SIGKILL', asked: true });
    expect(run.rules()).toEqual([]);
  });

  it('The checker permits a process to end with 1 before it serves, and while the store is in trouble', () => {
    const ended = { event: 'process', process: 'node-0.1', phase: 'ended', how: '1', asked: true } as const;
    expect(made().add(5, 'run', ended).rules()).toEqual([]);
    const served = made().add(1, 'run', { event: 'process', process: 'node-0.1', phase: 'ready', node: 'n1' });
    expect(served.fault(2, 9, 'stop_server').add(5, 'run', ended).rules()).toEqual([]);
  });

  it('The checker permits a starting process to end while its password is refused, but not a serving one', () => {
    const ended = { event: 'process', process: 'node-0.1', phase: 'ended', how: '1', asked: false } as const;
    expect(made().fault(2, 9, 'auth_errors').add(5, 'run', ended).rules()).toEqual([]);
    expect(made().fault(2, 9, 'stop_server').add(5, 'run', ended).rules()).toEqual(['process_lives']);
    const served = made().add(1, 'run', { event: 'process', process: 'node-0.1', phase: 'ready', node: 'n1' });
    expect(served.fault(2, 9, 'auth_errors').add(5, 'run', ended).rules()).toEqual(['process_lives']);
  });

  it('The checker finds messages that are left at the end', () => {
    const run = made();
    run.backlog = 3;
    expect(run.rules()).toEqual(['all_drained']);
  });

  it('The checker finds replicas that differ, and names the content of each', () => {
    const holding = (server: string, phrase: string) => ({ server, streams: new Map([['ARC', phrase]]) });
    const run = made();
    run.replicaDifferences = differences([
      holding('s0', '3 messages'),
      holding('s1', '3 messages'),
      holding('s2', '2 messages'),
    ]);
    expect(run.violations()).toMatchObject([
      {
        rule: 'replicas_equal',
        what: 'replicas of ARC differ: s0 has 3 messages; s1 has 3 messages; s2 has 2 messages',
      },
    ]);
    expect(differences([holding('s0', '3 messages'), holding('s1', '3 messages')])).toEqual([]);
  });
});
