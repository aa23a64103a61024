import { describe, expect, it } from 'vitest';
import { made } from './made-history.ts';

describe('the checker of lost intents', () => {
  it('The checker finds nothing in a run in which everything was handled', () => {
    const run = made().accepted(1, 'a', 1).started(2, 'node-0.1', 'a').handled(3, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
    expect(run.counts()).toMatchObject({ accepted: 1, handled: 1, dead: 0, redelivered: 0, split_handled: 0 });
  });

  it('The checker finds an accepted intent that no node began to handle', () => {
    const [violation] = made().accepted(1, 'a', 7).violations();
    expect(violation).toMatchObject({
      rule: 'nothing_lost',
      what: expect.stringMatching(/intent a .*position 7.*never began/),
    });
    expect(violation?.events).toHaveLength(1);
  });

  it('The checker finds an accepted intent whose handling was interrupted and not repeated', () => {
    const run = made().accepted(1, 'a', 1).started(2, 'node-0.1', 'a').fault(3, 4, 'kill_node', 'node-0.1');
    expect(run.rules()).toEqual(['nothing_lost']);
  });

  it('The checker finds an accepted intent whose last attempt failed, without a dead letter', () => {
    expect(made().accepted(1, 'a', 1).started(2, 'node-0.1', 'a').failed(3, 'node-0.1', 'a').rules()).toEqual([
      'nothing_lost',
    ]);
  });

  it('The checker accepts a dead letter of an intent that always fails', () => {
    const run = made()
      .accepted(1, 'a', 1)
      .started(2, 'node-0.1', 'a', 1, 'perish')
      .failed(3, 'node-0.1', 'a')
      .dead(4, 'a', 'failed', 'perish');
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds a dead letter of an intent that never fails', () => {
    expect(
      made()
        .accepted(1, 'a', 1)
        .started(2, 'node-0.1', 'a')
        .failed(3, 'node-0.1', 'a')
        .dead(4, 'a', 'failed', 'note')
        .rules(),
    ).toEqual(['no_unjust_death']);
  });

  it('The checker finds an intent that was refused and handled', () => {
    const run = made()
      .add(1, 'sender', { event: 'refused', id: 'a', lane: 'x>y', code: 'PARLEY_MAILBOX_FULL' })
      .started(2, 'node-0.1', 'a')
      .handled(3, 'node-0.1', 'a');
    expect(run.rules()).toEqual(['refused_is_refused']);
  });

  it('The checker permits both fates of an intent whose outcome was unknown', () => {
    const run = made()
      .add(1, 'sender', { event: 'unknown', id: 'a', lane: 'x>y', code: 'PARLEY_SEND_OUTCOME_UNKNOWN' })
      .add(1, 'sender', { event: 'unknown', id: 'b', lane: 'x>y', code: 'PARLEY_SEND_OUTCOME_UNKNOWN' })
      .started(2, 'node-0.1', 'a')
      .handled(3, 'node-0.1', 'a');
    expect(run.rules()).toEqual([]);
  });

  it('The checker finds an intent that was handled and not archived', () => {
    const run = made().accepted(1, 'a', 1).started(2, 'node-0.1', 'a').handled(3, 'node-0.1', 'a').unarchived('a');
    expect(run.rules()).toEqual(['record_complete']);
  });

  it('The checker finds an intent that was archived as handled and not handled', () => {
    const run = made().started(2, 'node-0.1', 'a').archive('a', 'handled');
    expect(run.rules()).toEqual(['record_complete']);
  });

  it('The checker names the earliest violation first', () => {
    const run = made().accepted(5, 'later', 2).accepted(1, 'earlier', 1);
    expect(run.violations().map(({ what }) => what.split(' ')[1])).toEqual(['earlier', 'later']);
  });
});
