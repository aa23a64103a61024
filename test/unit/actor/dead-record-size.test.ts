/** A dead letter fits the server's limit: otherwise it could never be stored, and would block its mailbox for ever. */
import { expect, it } from 'vitest';
import { type DeadHead, encodeDead } from '../../../runtime/actor/dead-letters.ts';
import type { DeadRecord } from '../../../runtime/core/dead-record.ts';

const head = (errors: readonly string[]): DeadHead => ({
  pool: 'main',
  partition: 0,
  seq: 1,
  subject: 'sim.mbx.main.0.agent.a.client.c.i',
  reason: 'failed',
  attempts: 5,
  errors,
  died_at: '2026-01-01T00:00:00.000Z',
});

it.each([
  ['a payload as large as a small server takes', 64 * 1024 - 256, 65_000, ['x']],
  ['a payload of a megabyte', 1024 * 1024 - 256, 1024 * 1024, ['x']],
  ['errors of megabytes', 64 * 1024 - 256, 100, ['é'.repeat(1_000_000), 'x'.repeat(1_000_000)]],
  ['thousands of errors', 64 * 1024 - 256, 100, Array.from({ length: 5_000 }, (_, n) => `${n}`.repeat(100))],
  ['a server that takes 4 KiB', 4 * 1024 - 256, 3_000, ['x'.repeat(5_000)]],
])('A dead record cuts %s to the part that fits', (_what, maxBytes, bytes, errors) => {
  const encoded = encodeDead(head(errors), new Uint8Array(bytes).fill(65), maxBytes);
  expect(encoded.length).toBeLessThanOrEqual(maxBytes);
  const record = JSON.parse(Buffer.from(encoded).toString('utf8')) as DeadRecord;
  const kept = Buffer.from(record.payload, 'base64');
  expect([record.truncated, record.errors.length > 0]).toEqual([kept.length < bytes, true]);
});

it('A dead record keeps everything that fits', () => {
  const payload = Buffer.from('{"goal":"é"}');
  const record = JSON.parse(
    Buffer.from(encodeDead(head(['a', 'b']), payload, 1024 * 1024)).toString('utf8'),
  ) as DeadRecord;
  expect([record.payload, record.truncated, record.errors]).toEqual([payload.toString('base64'), false, ['a', 'b']]);
});

const bytesOf = (record: Uint8Array): DeadRecord => JSON.parse(Buffer.from(record).toString('utf8')) as DeadRecord;
const stacks = ['a'.repeat(4_096), 'b'.repeat(4_096), 'c'.repeat(4_096)];

it.each([
  ['all of them when there is room', 64 * 1024, stacks],
  ['the newest when there is room for one', 16 * 1024, stacks.slice(-1)],
  ['none when the payload needs the room', 10 * 1024, undefined],
])('A dead record keeps of its stack traces %s, and its payload whole', (_what, maxBytes, kept) => {
  const encoded = encodeDead({ ...head(['x']), stacks }, new Uint8Array(6_000), maxBytes);
  expect(encoded.length).toBeLessThanOrEqual(maxBytes);
  const { stacks: found, truncated, errors } = bytesOf(encoded);
  expect({ found, truncated, errors }).toEqual({ found: kept, truncated: false, errors: ['x'] });
});

it('A dead record with stack traces of hostile characters fits', () => {
  const hostile = Array.from({ length: 3 }, () => '\u0000'.repeat(4_096));
  const encoded = encodeDead({ ...head(['x']), stacks: hostile }, new Uint8Array(600_000), 1024 * 1024 - 256);
  expect(encoded.length).toBeLessThanOrEqual(1024 * 1024 - 256);
  expect(bytesOf(encoded).stacks).toEqual(hostile);
});
