import { ErrorCode, NatsError } from 'nats';
import { expect, it } from 'vitest';
import { failureOf, refusalOf } from '../../../runtime/transport/jetstream/record-refusal.ts';
import { readStoreTime, storeTimeOf } from '../../../runtime/transport/jetstream/store-time.ts';

it.each([
  [10054, 400, 'message size exceeds maximum allowed', 'too_large'],
  [10097, 400, 'header size exceeds maximum allowed of 64k', 'too_large'],
  [10002, 400, 'resource limits exceeded for account', 'quota'],
  [10047, 500, 'insufficient storage resources available', 'quota'],
  [10077, 503, 'maximum bytes exceeded', undefined],
  [10077, 400, 'maximum bytes exceeded', 'quota'],
  [10077, 500, 'no space left on device', undefined],
  [10109, 400, 'invalid operation on sealed stream', 'not_allowed'],
  [10008, 503, 'JetStream system temporarily unavailable', undefined],
  [10060, 400, 'expected stream does not match', 'invalid'],
])('A lasting refusal is told from a passing one: %i with %i, "%s"', (err_code, code, description, why) => {
  expect(refusalOf('m.arc.main.0', { err_code, code, description })?.why).toBe(why);
});

it.each([
  [ErrorCode.MaxPayloadExceeded, 'too_large'],
  [ErrorCode.PermissionsViolation, 'not_allowed'],
  [ErrorCode.Timeout, undefined],
  [ErrorCode.NoResponders, undefined],
])('The text of the client library is read: %s', (code, why) => {
  const refusal = failureOf('m.arc.main.0', new NatsError('text', code));
  expect([refusal?.why, refusal?.retryable ?? false]).toEqual([why, false]);
});

it.each([
  ['1767225600000000000', '2026-01-01T00:00:00Z'],
  ['1767225600123456789', '2026-01-01T00:00:00.123456789Z'],
  ['1767225600120000000', '2026-01-01T00:00:00.12Z'],
  ['1767225600000000001', '2026-01-01T01:00:00.000000001+01:00'],
])('A delivery and a read give the same time: %s', (nanoseconds, text) => {
  expect(readStoreTime(text)).toBe(storeTimeOf(nanoseconds));
});

it('An invalid time is not read', () => {
  for (const text of ['', 'now', '2026-13-01T00:00:00Z']) expect(readStoreTime(text)).toBeNaN();
});
