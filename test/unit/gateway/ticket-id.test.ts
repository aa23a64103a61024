import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MeshKeys, newKeyRecord, readKeyRecord } from '../../../runtime/core/mesh-keys.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { InvalidTicketError, Tickets } from '../../../runtime/gateway/ticket-id.ts';
import type { TicketPlace } from '../../../runtime/inspect/index.ts';

const secretOf = (keys: MeshKeys) => ({ keys: async () => keys, keyNamed: async (id: string) => keys.byId.get(id) });
const keys = readKeyRecord(newKeyRecord(seededRandom(1)));
const tickets = new Tickets('shop', secretOf(keys));
const place: TicketPlace = { pool: 'main', partition: 3, seq: 17, intentId: 'i-1' };
const refused = expect.objectContaining({ code: 'PARLEY_INVALID_TICKET', retryable: false });

const sign = async (at: TicketPlace, by: Tickets = tickets): Promise<string> => (await by.signer())(at);

/** As a holder of the key could sign anything. */
function signText(text: string): string {
  const { id, secret } = keys.signing;
  const encoded = Buffer.from(text).toString('base64url');
  const signed = createHmac('sha256', secret).update(`ticket ${id}.${encoded}`).digest('base64url');
  return `${id}.${encoded}.${signed}`;
}

it('A ticket is one word of an address, and reads back as its content', async () => {
  const ticket = await sign(place);
  expect(ticket).toMatch(/^[A-Za-z0-9_.-]+$/);
  expect(await tickets.read(ticket)).toEqual(place);
});

it('A ticket with the longest names fits', async () => {
  const long = new Tickets('m'.repeat(32), secretOf(keys));
  const longest = { pool: 'p'.repeat(32), partition: 99_999, seq: Number.MAX_SAFE_INTEGER, intentId: 'i'.repeat(64) };
  expect(await long.read(await sign(longest, long))).toEqual(longest);
});

it('A ticket under an older key is valid while the key is kept, and not longer', async () => {
  const old = await sign(place);
  const newer = readKeyRecord(newKeyRecord(seededRandom(2)));
  const both = { ...newer, byId: new Map([...newer.byId, ...keys.byId]) };
  expect(await new Tickets('shop', secretOf(both)).read(old)).toEqual(place);
  await expect(new Tickets('shop', secretOf(newer)).read(old)).rejects.toThrow(refused);
});

describe('an invalid ticket', () => {
  it('A ticket with any one character changed is refused', async () => {
    const ticket = await sign(place);
    for (let at = 0; at < ticket.length; at++) {
      for (const char of ['A', 'z', '0', '-', '_', '.', ' ', '\n']) {
        if (ticket[at] === char) continue;
        const changed = ticket.slice(0, at) + char + ticket.slice(at + 1);
        await expect(tickets.read(changed)).rejects.toBeInstanceOf(InvalidTicketError);
      }
    }
  });

  it('A cut or extended ticket is refused', async () => {
    const ticket = await sign(place);
    for (let length = 0; length < ticket.length; length++) {
      await expect(tickets.read(ticket.slice(0, length))).rejects.toThrow(refused);
    }
    for (const more of ['A', '.', '=', '\n', '.x', 'A'.repeat(10_000_000)]) {
      await expect(tickets.read(ticket + more)).rejects.toThrow(refused);
    }
  });

  it('A ticket of the parts of two tickets is refused', async () => {
    const [a, b] = [await sign(place), await sign({ ...place, seq: 18 })].map((ticket) => ticket.split('.'));
    await expect(tickets.read(`${a?.[0]}.${a?.[1]}.${b?.[2]}`)).rejects.toThrow(refused);
  });

  it('A ticket of another mesh is refused, under another secret or the same', async () => {
    const other = readKeyRecord(newKeyRecord(seededRandom(3)));
    await expect(tickets.read(await sign(place, new Tickets('shop', secretOf(other))))).rejects.toThrow(refused);
    await expect(tickets.read(await sign(place, new Tickets('other', secretOf(keys))))).rejects.toThrow(refused);
  });

  it('A ticket of the earlier, unsigned form is refused', async () => {
    const before = Buffer.from('17 i-1 shop.mbx.main.3.agent.a.client.c.i').toString('base64url');
    await expect(tickets.read(before)).rejects.toThrow(refused);
  });

  it.each([
    'shop main\tx 3 17 i-1',
    'shop main\r\nPUB 3 17 i-1',
    'shop MAIN 3 17 i-1',
    'shop main.x 3 17 i-1',
    'shop > 3 17 i-1',
    `shop ${'p'.repeat(33)} 3 17 i-1`,
    'shop main -1 17 i-1',
    'shop main 03 17 i-1',
    'shop main 3 0 i-1',
    'shop main 3 9007199254740993 i-1',
    'shop main 3 1e3 i-1',
    `shop main 3 17 ${'i'.repeat(65)}`,
    'shop main 3 17 i 1',
    'shop main 3 17',
    'shop main 3 17 i-1 more',
    '',
    '\u0000',
  ])('A correctly signed ticket is refused when it contains %j', async (text) => {
    await expect(tickets.read(signText(text))).rejects.toThrow(refused);
  });

  it('Any other text is refused as a ticket', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        await expect(tickets.read(text)).rejects.toThrow(refused);
      }),
    );
  });
});
