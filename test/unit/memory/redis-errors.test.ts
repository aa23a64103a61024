/** Errors of Redis, classified by whether a retry helps. */
import { describe, expect, it } from 'vitest';
import { explainRedis } from '../../../runtime/redis/redis-errors.ts';

const explained = (text: string, known?: string) => explainRedis('redis://there:6379', new Error(text), known);

describe('an answer of Redis', () => {
  it.each([
    "READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'CLUSTERDOWN Hash slot not served',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'BUSY Redis is busy running a script.',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "ERR Error running script: READONLY You can't write against a read only replica.",
    'Command timed out',
    'Connection is closed.',
  ])('An answer of Redis may pass: %s', (text) => {
    expect(explained(text)).toMatchObject({ code: 'PARLEY_REDIS_UNAVAILABLE', retryable: true });
  });

  it.each([
    ['MOVED 3999 127.0.0.1:6381', /one server of a cluster/],
    ['ASK 3999 127.0.0.1:6381', /one server of a cluster/],
    ["CROSSSLOT Keys in request don't hash to the same slot", /a cluster/],
    ['NOAUTH Authentication required.', /wants a password/],
    ['WRONGPASS invalid username-password pair or user is disabled.', /correct REDIS_URL/],
    ['ERR invalid password', /correct REDIS_URL/],
    ["NOPERM this user has no permissions to run the 'set' command", /may not do this/],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', /something else stands/],
  ])('An answer of Redis is final: %s', (text, word) => {
    const error = explained(text, 'the connection was closed');
    expect(error).toMatchObject({ code: 'PARLEY_REDIS_REFUSED', retryable: false });
    expect(error.message).toMatch(word);
  });

  it('An uninformative answer of Redis is explained by the state of the connection', () => {
    expect(explained('Connection is closed.', 'ECONNREFUSED').message).toContain('ECONNREFUSED');
  });
});
