/** `parley run` opens the services of its app before it serves, and closes them after it has stopped. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningCommand, runScript } from '../../support/command.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const daemon = (mesh: string, SERVICES = ''): RunningCommand =>
  runScript('runtime/cli/parley.ts', ['run', 'test/processes/cli/fixtures/services-app.ts'], {
    NATS_URL: server.url,
    PARLEY_MESH: mesh,
    SERVICES,
  });

it('Agents of a daemon use its services, which are closed in reverse order after SIGTERM', async () => {
  const run = daemon('services');
  const [, url = ''] = await run.line(/intents at (http:\S+)$/);
  await run.line(/^ready/);
  const body = JSON.stringify({ to_agent: 'desk', intent_type: 'alert' });
  const sent = await fetch(`${url}/v1/intents`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(sent.status).toBe(202);
  await run.line(/^hello desk$/);
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  const said = run.lines
    .filter((line) => /^(opened|closed|ready|hello|stopped)/.test(line))
    .map((line) => line.split(':')[0]);
  expect(said).toEqual([
    'opened pool',
    'opened greeter',
    'ready',
    'hello desk',
    'closed greeter',
    'closed pool',
    'stopped',
  ]);
});

it('A daemon whose services cannot be opened ends with 1, says why, and closes those that were open', async () => {
  const run = daemon('failing', 'fail');
  expect(await run.ended).toBe(1);
  expect(run.lines).toContain('closed pool');
  expect(run.errors.join('\n')).toContain('"services" of the app failed: no database at postgres://db');
  expect(run.errors.join('\n')).toMatch(/postgres:\/\/db \(\/\S+\/services-app\.ts:\d+\); the node does not start/);
});

it('SIGTERM while services are being opened ends the daemon with 0, and closes those that were open', async () => {
  const run = daemon('hanging', 'hang');
  await run.line(/^opened pool$/);
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(run.lines.at(-1)).toBe('closed pool');
});
