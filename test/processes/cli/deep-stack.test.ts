/** An error that the runtime throws deep below a handler's call still names the line of the app. */
import { expect, it } from 'vitest';
import { runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';

it('The log of a daemon names the line of the handler, however deep below it the runtime threw', async () => {
  await using server = await startTestServer();
  const env = { NATS_URL: server.url, PARLEY_MESH: 'deep' };
  const run = runScript('runtime/cli/parley.ts', ['run', 'test/processes/cli/fixtures/asks-nobody.ts'], env);
  const [, url = ''] = await run.line(/intents at (http:\S+)$/);
  await run.line(/^ready/);
  const body = JSON.stringify({ to_agent: 'asker', intent_type: 'ask' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/v1/intents`, { method: 'POST', body, headers })).status).toBe(202);
  const failed = (): string | undefined => run.errors.find((line) => line.includes('agent failed'));
  await until('the failure is logged', () => failed() !== undefined);
  expect((JSON.parse(failed() ?? '') as { readonly stack: string }).stack).toMatch(/asks-nobody\.ts:11:\d+/);
});
