/** Intents by NATS request: from Python, from a shell, and from a client that speaks nonsense. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { listener } from '../../support/agents.ts';
import { type GatewayRig, gatewayRig } from '../../support/gateway-rig.ts';
import { until } from '../../support/jetstream-rig.ts';
import { orSkip } from '../../support/or-skip.ts';
import { pythonWithNats } from '../../support/python.ts';

const run = promisify(execFile);
const handled: Intent[] = [];
let rig: GatewayRig;

beforeAll(async () => {
  rig = await gatewayRig(
    'shop',
    listener('retention', ['reduce_churn'], (intent) => void handled.push(intent)),
  );
});

afterAll(() => rig[Symbol.asyncDispose]());

const context = '{"segment":"high_value"}';

async function arrived(from: string, text: string): Promise<void> {
  const ticket = JSON.parse(text) as { intent_id: string };
  await until('it is handled', () => handled.some(({ intent_id }) => intent_id === ticket.intent_id));
  expect(handled.at(-1)).toMatchObject({ from_agent: from, context: { segment: 'high_value' } });
}

it('A Python client with nats-py gets a ticket, and its intent is handled', async (test) => {
  const python = await orSkip(test, pythonWithNats());
  const words = ['actors/clients/send.py', rig.server.url, 'shop', 'retention/loyal', 'reduce_churn', context];
  await arrived('client/python', (await run(python, words)).stdout);
});

it('A shell client with nothing but NATS gets a ticket, and its intent is handled', async () => {
  const { hostname, port } = new URL(rig.server.url);
  const words = [hostname, port, 'shop', 'retention', 'reduce_churn', context];
  await arrived('client/shell', (await run('actors/clients/send.sh', words)).stdout);
});

describe('a request is refused with a typed answer', () => {
  const nodeName = 'node-01a2097d-3c4e-7f00-8000-0123456789ab';
  const good = { intent_type: 'reduce_churn', context: {} };
  it.each<[string, string, unknown, string]>([
    [
      'another sender in the body',
      'client.a.retention.=',
      { ...good, from_agent: 'client/b' },
      'PARLEY_SENDER_MISMATCH',
    ],
    [
      'another receiver in the body',
      'client.a.retention.=',
      { ...good, to_agent: 'retention/x' },
      'PARLEY_RECEIVER_MISMATCH',
    ],
    ["an agent's name as sender", 'retention.=.retention.=', good, 'PARLEY_FOREIGN_SENDER'],
    ["a node's name as sender", `client.${nodeName}.retention.=`, good, 'PARLEY_FOREIGN_SENDER'],
    ['a client without a name', 'client.=.retention.=', good, 'PARLEY_FOREIGN_SENDER'],
    ['an undeclared kind', 'client.a.nobody.=', good, 'PARLEY_UNKNOWN_AGENT'],
    ['a type that is not accepted', 'client.a.retention.=', { intent_type: 'shout' }, 'PARLEY_UNKNOWN_INTENT_TYPE'],
    ['text that is no JSON', 'client.a.retention.=', 'hello', 'PARLEY_MALFORMED_JSON'],
    [
      'a document that is too large',
      'client.a.retention.=',
      { ...good, context: { pad: 'x'.repeat(300_000) } },
      'PARLEY_INTENT_TOO_LARGE',
    ],
  ])('A request is refused with a typed answer for %s', async (_what, subject, document, code) => {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    const answer = await rig.client.request(`shop.in.${subject}`, text, { timeout: 5_000 });
    expect(answer.json<{ error: { code: string } }>().error.code).toBe(code);
  });
});
