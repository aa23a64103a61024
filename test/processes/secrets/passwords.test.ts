/** Any password reaches the real servers, encoded or as it stands, and none is printed anywhere. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../runtime/database/index.ts';
import { connectRedis } from '../../../runtime/redis/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runParley } from '../../support/command.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

const password = 's3cret/,@#?%: &ä\\';
const encoded = encodeURIComponent(password);
const parts = /s3cret|%2F%2C|\/,@/;

const shown = (...values: readonly unknown[]): string =>
  values.map((value) => `${inspect(value, { depth: 6 })}${JSON.stringify(value, (_, part) => safe(part))}`).join('\n');
/** A client holds itself somewhere. */
const seen = new WeakSet<object>();
function safe(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return typeof part === 'bigint' ? String(part) : part;
  if (seen.has(part)) return undefined;
  seen.add(part);
  return part;
}

const flat = (error: unknown): string =>
  error instanceof Error ? `${inspect(error, { depth: 9 })}${error.stack}${flat(error.cause)}` : String(error);

describe('NATS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ flags: ['--user', 'ann', '--pass', password] });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['encoded', encoded],
    ['as it stands', password],
  ])('Parley connects to NATS with a password %s', async (_name, written) => {
    const url = server.url.replace('//', `//ann:${written}@`);
    await using transport = await connectJetStream({ url, mesh: 'locked' });
    expect(transport.isConnected).toBe(true);
    expect(transport.describe).not.toMatch(parts);
  });

  it('NATS refuses a wrong password without showing either', async () => {
    const url = server.url.replace('//', `//ann:${encoded}x@`);
    const error = await connectJetStream({ url, mesh: 'locked' }).catch((thrown: unknown) => thrown);
    expect(flat(error)).toMatch(/refuses these credentials/);
    expect(flat(error)).not.toMatch(parts);
  });

  it.each([
    ['one that is let in', encoded],
    ['one that is not', `${encoded}x`],
    ['one that cannot be read', '123,456@s3cret'],
  ])('doctor shows no password: %s', async (_name, written) => {
    const run = runParley(['doctor'], { NATS_URL: server.url.replace('//', `//ann:${written}@`) });
    await run.ended;
    const said = [...run.lines, ...run.errors].join('\n');
    expect(said).toMatch(/nats-server/);
    expect(said).not.toMatch(parts);
  });
});

describe('Redis', () => {
  it('Parley connects to Redis, and prints no password', async (test) => {
    await using server = await RedisServer.start(test, '--requirepass', password);
    const log = new LogRecorder();
    await using redis = connectRedis(server.url.replace('//', `//:${encoded}@`), log);
    expect(await redis.version()).toMatch(/^\d/);
    await using refused = connectRedis(server.url.replace('//', `//:${encoded}x@`), log);
    const error = await refused.version().catch((thrown: unknown) => thrown);
    expect(flat(error)).toMatch(/WRONGPASS|invalid password/i);
    expect(flat(error) + shown(redis, refused, redis.client, log.records)).not.toMatch(parts);
  });
});

describe('Postgres', () => {
  it('Parley connects to Postgres, and prints no password', async (test) => {
    await using server = await PostgresServer.start(test);
    await using admin = await openDatabase({ mesh: 'shop', url: server.url });
    await admin.query(`create role ann superuser login password '${password}'`);
    await using database = await openDatabase({ mesh: 'shop', url: server.urlOf({ user: 'ann', pass: encoded }) });
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    const error = await openDatabase({ mesh: 'shop', url: server.urlOf({ user: 'ann', pass: `${encoded}x` }) }).catch(
      (thrown: unknown) => thrown,
    );
    expect(flat(error)).toMatch(/password authentication failed/);
    expect(flat(error) + shown(database)).not.toMatch(parts);
  });
});
