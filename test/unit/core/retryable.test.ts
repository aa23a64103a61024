/** A wrapping error is retryable if the error that it wraps is. */
import { describe, expect, it } from 'vitest';
import { isFinal } from '../../../runtime/actor/handling/failure-plan.ts';
import { InvalidOptionError, isRetryable, retryableOf } from '../../../runtime/core/errors.ts';
import { MalformedJsonError } from '../../../runtime/core/intent-errors.ts';
import {
  DatabaseRefusedError,
  DatabaseUnavailableError,
  StatementError,
} from '../../../runtime/database/database-errors.ts';
import { NatsServerStartError, NatsServerUnusableError } from '../../../runtime/embedded/embedded-errors.ts';
import { PgliteStartError } from '../../../runtime/embedded/pglite-errors.ts';
import { GatewayAddressError } from '../../../runtime/gateway/http-server.ts';
import { ModelError } from '../../../runtime/memory/memory-errors.ts';
import { AskFailedError } from '../../../runtime/messaging/ask-errors.ts';
import { PolicyBundleError } from '../../../runtime/policy/policy-errors.ts';
import { ApiRefusal } from '../../../runtime/transport/jetstream/api.ts';
import { NoJetStreamError, TransportUnavailableError } from '../../../runtime/transport/transport-errors.ts';

const passing = new DatabaseUnavailableError('there', 'it restarts', 'wait');
const final = new InvalidOptionError('x', 'y', 'z');
const silent = new Error('says nothing');

describe('an error that wraps another', () => {
  it.each([
    ['policy bundle', (cause: unknown) => new PolicyBundleError('w', 'y', 'r', cause)],
    ['model', (cause: unknown) => new ModelError('f', 'y', cause)],
    ['gateway address', (cause: unknown) => new GatewayAddressError('h', 1, cause)],
    ['refused database', (cause: unknown) => new DatabaseRefusedError('h', 'r', 'y', cause)],
    ['JSON', (cause: unknown) => new MalformedJsonError(cause)],
    ['no JetStream', (cause: unknown) => new NoJetStreamError('u', cause)],
  ])('A wrapping error is retryable because its cause is: %s', (_, wrap) => {
    expect(wrap(passing).retryable).toBe(true);
    expect(wrap(new Error('between', { cause: passing })).retryable).toBe(true);
    expect(wrap(silent).retryable).toBe(false);
  });

  it.each([
    ['transport', (cause: unknown) => new TransportUnavailableError('x', cause)],
    ['database', (cause: unknown) => new DatabaseUnavailableError('h', 'r', 'y', cause)],
    ['statement', (cause: unknown) => new StatementError('h', '40001', 'r', true, cause)],
    ['nats-server', (cause: unknown) => new NatsServerStartError('x', [], cause)],
    ['PGlite', (cause: unknown) => new PgliteStartError('x', [], cause)],
  ])('A wrapping error is final because its cause is: %s', (_, wrap) => {
    expect(wrap(final).retryable).toBe(false);
    expect(wrap(new NatsServerUnusableError('p', 'is no program')).retryable).toBe(false);
    expect(wrap(silent).retryable).toBe(true);
    expect(wrap(undefined).retryable).toBe(true);
  });
});

describe('the word of an error on retries', () => {
  it('The error\'s own "retryable" comes before that of its cause', () => {
    expect(retryableOf(Object.assign(new Error('a', { cause: final }), { retryable: true }))).toBe(true);
  });

  it('The nearest cause with "retryable" decides', () => {
    expect(
      retryableOf(new Error('a', { cause: new Error('b', { cause: { retryable: false, cause: passing } }) })),
    ).toBe(false);
  });

  it('A value without "retryable" decides nothing', () => {
    for (const thrown of [undefined, null, 'text', 7, silent, { retryable: 'yes' }, Object.create(null)]) {
      expect(retryableOf(thrown)).toBeUndefined();
      expect(isRetryable(thrown)).toBe(false);
      expect(isRetryable(thrown, true)).toBe(true);
    }
  });

  it('A circle of causes decides nothing', () => {
    const [one, two] = [new Error('one'), new Error('two')];
    one.cause = two;
    two.cause = one;
    expect(retryableOf(one)).toBeUndefined();
  });

  it('An error whose reading throws decides nothing', () => {
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('not to be read');
      },
    });
    expect(retryableOf(new Error('y', { cause: hostile }))).toBeUndefined();
  });
});

it('An agent gets another attempt when its own error wraps an outage, and none when it wraps a verdict', () => {
  expect(isFinal(new Error('scaling failed', { cause: passing }))).toBe(false);
  expect(isFinal(new Error('scaling failed', { cause: final }))).toBe(true);
  expect(isFinal(silent)).toBe(false);
});

it('A refusal of JetStream may pass when the server starts, elects, or is full', () => {
  const refusal = (code: number) => new ApiRefusal('s', { code, err_code: 1, description: 'd' });
  expect([503, 500, 404, 429].map((code) => refusal(code).retryable)).toEqual([true, true, true, true]);
  expect([400, 403].map((code) => refusal(code).retryable)).toEqual([false, false]);
});

it('An asker learns the error of the asked agent', () => {
  const fault = { code: 'PARLEY_DATABASE_UNAVAILABLE', message: 'away' };
  expect(new AskFailedError('a', 't', { ...fault, retryable: true }).retryable).toBe(true);
  expect(new AskFailedError('a', 't', fault).retryable).toBe(false);
});
