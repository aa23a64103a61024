/** The bytes of Postgres' protocol are cut into whole questions, however they arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestQuestion, type Request, RequestReader } from '../../../runtime/embedded/pglite-requests.ts';

function message(type: string, body = ''): Buffer {
  const text = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

function greeting(code: number, body = ''): Buffer {
  const text = Buffer.from(body);
  const head = Buffer.alloc(8);
  head.writeInt32BE(text.length + 8, 0);
  head.writeInt32BE(code, 4);
  return Buffer.concat([head, text]);
}

const hello = greeting(0x30000, 'user\0me\0\0');
const secret = message('p', 'secret\0');
const tls = greeting(80_877_103);

function read(chunks: readonly Buffer[]): readonly Request[] {
  const [reader, found]: [RequestReader, Request[]] = [new RequestReader(), []];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      found.push(next);
      if (next.kind === 'violation' || next.kind === 'goodbye') return found;
    }
  }
  return found;
}

const kinds = (...chunks: readonly Buffer[]): readonly string[] => read(chunks).map(({ kind }) => kind);

it('A question ends with Query or Sync, and includes all messages before it', () => {
  const [simple, extended] = [
    message('Q', 'select 1\0'),
    ['P', 'B', 'D', 'E', 'C', 'H', 'S'].map((type) => message(type, 'x')),
  ];
  const found = read([tls, hello, secret, simple, ...extended, message('X')]);
  expect(found.map(({ kind }) => kind)).toEqual([
    'encryption',
    'greeting',
    'password',
    'question',
    'question',
    'goodbye',
  ]);
  expect(found[2]).toEqual({ kind: 'password', password: 'secret' });
  expect(
    [found[1], found[3], found[4]].map((request) =>
      Buffer.from(request !== undefined && 'bytes' in request ? request.bytes : []),
    ),
  ).toEqual([hello, simple, Buffer.concat(extended)]);
});

it('A question is read equally however the network cuts it', () => {
  const types = fc.constantFrom('Q', 'S', 'P', 'B', 'D', 'E');
  const messages = fc.array(
    fc.tuple(types, fc.string()).map(([type, body]) => message(type, body)),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(messages, fc.array(fc.nat(400)), (sent, cuts) => {
      const all = Buffer.concat([tls, hello, secret, ...sent]);
      const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
      const chunks = at.slice(1).map((end, n) => all.subarray(at[n], end));
      expect(read(chunks)).toEqual(read([all]));
    }),
  );
});

describe('a malformed request', () => {
  it.each<[string, readonly Buffer[], RegExp]>([
    ['HTTP', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], /no client of Postgres/],
    ['a greeting of nothing', [Buffer.alloc(8)], /no client of Postgres/],
    ['an older protocol', [greeting(0x20000)], /only version 3/],
    ['a question before a password', [hello, message('Q', 'select 1\0')], /a password is expected/],
    ['a password without end', [hello, Buffer.from('p\x7f\xff\xff\xff', 'latin1')], /a password is expected/],
    ['a message that would end PGlite', [hello, secret, message('?')], /type "\?"/],
    ['copying in', [hello, secret, message('d', 'row')], /type "d"/],
    ['a length below its own', [hello, secret, Buffer.from('Q\0\0\0\x03')], /at most/],
    ['more than it can hold', [hello, secret, Buffer.from('Q\x7f\xff\xff\xff', 'latin1')], /at most 16777216 bytes/],
  ])('A malformed request is refused: %s', (_name, chunks, fault) => {
    expect(read(chunks).at(-1)).toMatchObject({ kind: 'violation', fault: expect.stringMatching(fault) });
  });

  it('A request of many messages without an end is refused', () => {
    const part = message('P', 'x'.repeat(longestQuestion / 4));
    expect(kinds(hello, part, part, part, part)).toEqual(['greeting', 'violation']);
  });

  it('No sequence of bytes makes the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, greeted) => {
        read(greeted ? [hello, Buffer.from(bytes)] : [Buffer.from(bytes)]);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('A request to cancel is read and ignored: the thread cannot be reached while it answers a question', () => {
  expect(kinds(greeting(80_877_102, '12345678'))).toEqual(['goodbye']);
});
