/** Small queries: the parties of a message, the place of a ticket, the fill level of a pool. */
import { describe, expect, it } from 'vitest';
import { placeInMesh, placeOfTicket, poolFill, readMailboxMessage } from '../../../runtime/inspect/index.ts';
import { NodeRig } from '../../support/node-rig.ts';

const subject = 'shop.mbx.main.3.worker.x.client.bob.i';

describe('a message of a mailbox', () => {
  it('A message of a mailbox is an intent between two parties', () => {
    const payload = new NodeRig().intent('client/bob', 'worker/x');
    expect(readMailboxMessage(subject, payload)).toMatchObject({
      kind: 'intent',
      parties: { from: 'client/bob', to: 'worker/x' },
      intent: { intent_type: 'alert' },
    });
  });

  it('A message of a mailbox that is not an intent has a reason and a length', () => {
    const message = readMailboxMessage(subject, Buffer.from('nonsense'));
    expect(message).toMatchObject({ kind: 'refused', bytes: 8, parties: { to: 'worker/x' } });
  });

  it('A message on a subject of no mailbox has no parties', () => {
    expect(readMailboxMessage('shop.other', Buffer.from('{}'))).toMatchObject({
      kind: 'refused',
      parties: undefined,
    });
  });
});

describe('the place of a ticket', () => {
  const ticket = { intent_id: 'i1', to: 'worker/x', stream: 'SHOP_MBX_MAIN', seq: 7 };
  const locate = () => ({ pool: 'main', partition: 3 });

  it('The place of a ticket is in the mailbox of its receiver', async () => {
    expect(await placeOfTicket('shop', ticket, locate)).toEqual({
      pool: 'main',
      partition: 3,
      seq: 7,
      intentId: 'i1',
    });
  });

  it('The place of a ticket is refused when the stream is of another mesh', async () => {
    await expect(placeOfTicket('shop', { ...ticket, stream: 'BAR_MBX_MAIN' }, locate)).rejects.toMatchObject({
      code: 'PARLEY_FOREIGN_TICKET',
    });
  });

  it('The place of a ticket is refused when it names another mesh', () => {
    const place = { pool: 'main', partition: 3, seq: 7, intentId: 'i1' };
    expect(placeInMesh('shop', { mesh: 'shop', ...place })).toEqual(place);
    expect(() => placeInMesh('shop', { mesh: 'bar', ...place })).toThrow(
      expect.objectContaining({ code: 'PARLEY_FOREIGN_TICKET' }) as Error,
    );
  });
});

describe('the fill of a pool', () => {
  const usage = { messages: 12, bytes: 30, maxBytes: 120 };
  const answering = (answer: Partial<typeof usage>) => ({ usage: async () => ({ ...usage, ...answer }) as never });

  it('The fill of a pool is the used part of its bytes', async () => {
    expect(await poolFill(answering({}), 'main')).toEqual({ messages: 12, fill: 0.25 });
  });

  it('The fill of a stream without a bound is 0', async () => {
    expect(await poolFill(answering({ maxBytes: -1 }), 'main')).toEqual({ messages: 12, fill: 0 });
  });

  it('The fill of a pool is unknown while the store does not answer', async () => {
    const away = { usage: () => Promise.reject(new Error('away')) };
    expect(await poolFill(away, 'main')).toBeUndefined();
  });
});
