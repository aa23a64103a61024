/** Dead letters as commands and consoles ask for them, on the simulated store. */

import { beforeEach, describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import { partitionOf } from '../../../runtime/core/partition.ts';
import { deadLetterAt, deadLetterNumbered, newestDeadLetters } from '../../../runtime/inspect/index.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { NodeRig } from '../../support/node-rig.ts';

const fragile = {
  kind: 'fragile',
  intents: { alert: {} },
  receive(): void {
    throw new NonRetryableError('it broke');
  },
};

let rig: NodeRig;
let transport: Transport;

beforeEach(async () => {
  rig = new NodeRig();
  const { node, process } = await rig.start({ agents: [fragile] });
  transport = process.transport;
  rig.inject('client/a', 'fragile', rig.intent('client/a', 'fragile', { intent_id: 'first', context: { n: 1 } }));
  rig.inject('client/b', 'fragile', Buffer.from('not an intent'));
  await rig.until('both are dead', () => rig.letters.length === 2);
  await rig.quiet(node);
});

describe('the newest dead letters', () => {
  it('The newest dead letters name sender, receiver and reason', async () => {
    const { records: letters } = await rig.wait(newestDeadLetters(transport, 10));
    expect(letters.map(({ number }) => number)).toEqual([1, 2]);
    const byId = new Map(letters.map((letter) => [letter.from, letter]));
    expect(byId.get('client/a')).toMatchObject({
      to: 'fragile',
      intent_id: 'first',
      reason: 'PARLEY_NON_RETRYABLE',
      errors: ['it broke'],
      message: { intent_type: 'alert', context: { n: 1 } },
    });
  });

  it('The newest dead letters show a message that is not JSON as text', async () => {
    const { records: letters } = await rig.wait(newestDeadLetters(transport, 10));
    expect(letters.find(({ from }) => from === 'client/b')).toMatchObject({
      intent_id: null,
      message: 'not an intent',
    });
  });

  it('The newest dead letters are at most as many as requested', async () => {
    const { records: letters } = await rig.wait(newestDeadLetters(transport, 1));
    expect(letters.map(({ number }) => number)).toEqual([2]);
  });
});

describe('one dead letter', () => {
  it('One dead letter is found by its number', async () => {
    expect(await rig.wait(deadLetterNumbered(transport, 2))).toMatchObject({ number: 2 });
  });

  it('One dead letter is found by the place of its intent', async () => {
    const [first] = (await rig.wait(newestDeadLetters(transport, 10))).records.filter(
      ({ from }) => from === 'client/a',
    );
    const place = { pool: 'main', partition: partitionOf('fragile', 2), seq: first?.seq ?? 0, intentId: 'first' };
    expect(await rig.wait(deadLetterAt(transport, place))).toEqual(first);
  });

  it.each([
    ['a number that no letter has', () => deadLetterNumbered(transport, 3), '3'],
    [
      'the place of another intent',
      () =>
        deadLetterAt(transport, { pool: 'main', partition: partitionOf('fragile', 2), seq: 1, intentId: 'another' }),
      'of intent "another"',
    ],
    [
      'a place where nothing died',
      () => deadLetterAt(transport, { pool: 'main', partition: 0, seq: 99, intentId: 'first' }),
      'of intent "first"',
    ],
  ])('No dead letter is found by %s', async (_what, find, which) => {
    await expect(rig.wait(find())).rejects.toMatchObject({
      code: 'PARLEY_NO_DEAD_LETTER',
      message: expect.stringContaining(`mesh "sim" has no dead letter ${which}`) as string,
    });
  });
});
