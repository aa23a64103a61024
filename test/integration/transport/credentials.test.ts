import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ flags: ['--user', 'ann', '--pass', 's3cret@'] });
});

afterAll(() => server[Symbol.asyncDispose]());

const as = (who: string) => connectJetStream({ url: server.url.replace('//', `//${who}`), mesh: 'locked' });

it('The transport connects with the user and password of the URL', async () => {
  await using transport = await as('ann:s3cret%40@');
  await transport.signals.ask('locked.nobody', '', 100).catch(() => undefined);
  expect(transport.describe).not.toContain('s3cret');
});

it.each(['', 'ann:wrong@', 'token@'])('A login refused as "%s" gives an error that names no secret', async (who) => {
  const error = await as(who).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PARLEY_ACCESS_REFUSED', retryable: false });
  expect(String(error)).toContain('refuses these credentials');
  expect(String(error)).not.toMatch(/wrong|token/);
});
