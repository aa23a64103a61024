/** The article's `reduce_churn` end to end: the daemon, the intent by HTTP and from a shell, the plan, a human called. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNode } from '../../../runtime/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { type RunningCommand, runParley } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const parley = (...words: readonly string[]): RunningCommand =>
  runParley(['--mesh', 'churn', ...words], { NATS_URL: server.url });

const draft = {
  intent_type: 'reduce_churn',
  context: { segment: 'high_value_churners', urgency: 'high', current_churn_rate: 0.23 },
  constraints: { max_discount: 0.15, budget_remaining: 50_000, must_comply_with: ['gdpr', 'can_spam'] },
  success_criteria: { target_churn_rate: 0.15, min_roi: 1.5 },
};

interface Accepted {
  readonly ticket: string;
  readonly intent_id: string;
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/v1/intents`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': 'campaign-7' },
  });

async function fromShell(context: object): Promise<unknown> {
  const { hostname, port } = new URL(server.url);
  const words = [hostname, port, 'churn', 'retention', 'reduce_churn', JSON.stringify(context)];
  return JSON.parse((await promisify(execFile)('actors/clients/send.sh', words)).stdout);
}

async function handled(url: string, { ticket }: Accepted): Promise<void> {
  await until('it is handled', async () => {
    const { state } = (await (await fetch(`${url}/v1/intents/${ticket}`)).json()) as { readonly state: string };
    return state === 'handled';
  });
}

/** What the daemon logged of it: one JSON line on standard error. */
function concluded(daemon: RunningCommand, { intent_id }: Accepted): unknown {
  const lines = daemon.errors.filter((line) => line.includes(intent_id) && line.includes('"concluded"'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

it('reduce_churn is accepted by HTTP and from a shell, handled, and shown; a human is called when no offer fits', async () => {
  const daemon = parley('run', 'actors/examples/reduce_churn/app.ts');
  const url = (await daemon.line(/intents at (http:\S+)$/))[1] ?? '';
  await daemon.line(/^ready/);

  const answer = await post(url, { ...draft, to_agent: 'retention' });
  expect(answer.status).toBe(202);
  const byHttp = (await answer.json()) as Accepted;
  await handled(url, byHttp);
  await until('its end is logged', () => daemon.errors.some((line) => line.includes(byHttp.intent_id)));
  expect(concluded(daemon, byHttp)).toMatchObject({ outcome: 'planned', segment: 'high_value_churners' });
  expect(await (await post(url, { ...draft, to_agent: 'retention' })).json()).toMatchObject({ ticket: byHttp.ticket });

  const byShell = (await fromShell({ segment: 'occasional' })) as Accepted;
  await handled(url, byShell);
  await until('its end is logged', () => daemon.errors.some((line) => line.includes(byShell.intent_id)));
  expect(concluded(daemon, byShell)).toMatchObject({ outcome: 'planned', segment: 'occasional' });
  expect(await fromShell({ urgency: 'high' })).toMatchObject({ error: { code: 'PARLEY_SCHEMA_VIOLATION' } });

  await using transport = await connectJetStream({ url: server.url, mesh: 'churn' });
  await using node = await startNode({ agents: [] }, { transport, mesh: 'churn' });
  expect(await node.ask('retention', draft)).toMatchObject({
    outcome: 'planned',
    success_criteria: [
      { name: 'target_churn_rate', met: true },
      { name: 'min_roi', met: true },
    ],
  });

  await node.tell('retention', { ...draft, constraints: { ...draft.constraints, budget_remaining: 10 } });
  await until('a human is called', async () => (await transport.log('escalations').last()) === 1);
  await parley('escalations', 'list').line(/retention .*the cheapest offer costs \d+ USD, the budget is 10 USD/);
  daemon.process.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
});
