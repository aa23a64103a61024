/** The article's `reduce_churn` end to end: the daemon, the intent by HTTP and from a shell, the offer, a human called. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const context = { segment: 'high_value_churners', urgency: 'high', current_churn_rate: 0.23 };
const constraints = { max_discount: 0.15, budget_remaining: 50_000, must_comply_with: ['gdpr', 'can_spam'] };
const success_criteria = { target_churn_rate: 0.15, min_roi: 1.5 };

it('is accepted by HTTP, answered to whoever asks, refused from a shell without its constraints', async () => {
  const words = ['--mesh', 'churn', 'run', 'actors/examples/reduce_churn/app.ts'];
  const daemon = runScript('runtime/cli/parley.ts', words, { NATS_URL: server.url });
  const url = (await daemon.line(/intents at (http:\S+)$/))[1] ?? '';
  await daemon.line(/^ready/);

  const body = JSON.stringify({
    to_agent: 'retention',
    intent_type: 'reduce_churn',
    context,
    constraints,
    success_criteria,
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'campaign-7' };
  const answer = await fetch(`${url}/v1/intents`, { method: 'POST', body, headers });
  expect(answer.status).toBe(202);
  const { ticket } = (await answer.json()) as { readonly ticket: string };
  const state = async (): Promise<string> =>
    ((await (await fetch(`${url}/v1/intents/${ticket}`)).json()) as { readonly state: string }).state;
  await until('it is handled', async () => (await state()) === 'handled');
  const again = await fetch(`${url}/v1/intents`, { method: 'POST', body, headers });
  expect(await again.json()).toMatchObject({ ticket });

  await using transport = await connectJetStream({ url: server.url, mesh: 'churn' });
  await using node = await startNode({ agents: [] }, { transport, mesh: 'churn' });
  const draft = { intent_type: 'reduce_churn', context, constraints, success_criteria };
  expect(await node.ask('retention', draft)).toMatchObject({ offer: { churn: expect.any(Number) as number } });

  const { hostname, port } = new URL(server.url);
  const shell = promisify(execFile)('actors/clients/send.sh', [
    hostname,
    port,
    'churn',
    'retention',
    'reduce_churn',
    JSON.stringify(context),
  ]);
  expect(JSON.parse((await shell).stdout)).toMatchObject({ error: { code: 'PARLEY_SCHEMA_VIOLATION' } });

  await node.tell('retention', { ...draft, constraints: { ...constraints, budget_remaining: 10 } });
  await until('a human is called', async () => (await transport.logs.escalations.last()) === 1);
  daemon.process.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
});
