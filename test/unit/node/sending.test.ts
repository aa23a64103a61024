import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { IntentDraft } from '../../../runtime/core/intent.ts';
import type { Json } from '../../../runtime/core/json.ts';
import type { SendOptions } from '../../../runtime/messaging/checked-intent.ts';
import type { Node } from '../../../runtime/node/node.ts';
import { NodeRig } from '../../support/node-rig.ts';

const worker = {
  kind: 'worker',
  intents: { alert: { context: z.object({ server: z.object({ cpu: z.number() }) }) }, investigate: {} },
  receive: () => undefined,
};

async function started(): Promise<{ readonly rig: NodeRig; readonly node: Node }> {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [worker] });
  return { rig, node };
}

const good: IntentDraft = { intent_type: 'investigate' };

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 1; i < depth; i++) value = { a: value };
  return value;
}

describe('an invalid intent', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const withContext = (context: unknown): IntentDraft => ({ ...good, context }) as IntentDraft;
  const past = '2020-01-01T00:00:00Z';

  it.each<readonly [string, string, string, IntentDraft]>([
    ['an unknown type', 'worker', 'PARLEY_UNKNOWN_INTENT_TYPE', { intent_type: 'shout' }],
    ['a schema violation', 'worker', 'PARLEY_SCHEMA_VIOLATION', { intent_type: 'alert', context: { server: {} } }],
    ['too much', 'worker', 'PARLEY_INTENT_TOO_LARGE', withContext({ pad: 'x'.repeat(262_144) })],
    ['too deep a document', 'worker', 'PARLEY_INTENT_TOO_DEEP', withContext({ a: nested(32) })],
    ['a cycle', 'worker', 'PARLEY_INTENT_TOO_DEEP', withContext(cyclic)],
    ['a key that reaches a prototype', 'worker', 'PARLEY_UNSAFE_KEY', withContext(JSON.parse('{"__proto__":{"a":1}}'))],
    ['a bigint', 'worker', 'PARLEY_INVALID_INTENT', withContext({ n: 1n })],
    ['a date', 'worker', 'PARLEY_INVALID_INTENT', withContext({ at: new Date(0) })],
    ['a list for an object', 'worker', 'PARLEY_INVALID_INTENT', withContext([1])],
    ['a deadline that has passed', 'worker', 'PARLEY_DEADLINE_PASSED', { ...good, deadline: past }],
    ['an intent id with a space', 'worker', 'PARLEY_INVALID_INTENT', { ...good, intent_id: 'a b' }],
    ['a receiver with a dot', 'worker.x', 'PARLEY_INVALID_ID', good],
    ['a wildcard', 'worker/*', 'PARLEY_INVALID_ID', good],
    ['no receiver', '', 'PARLEY_INVALID_ID', good],
    ['an undeclared kind', 'stranger', 'PARLEY_UNKNOWN_AGENT', good],
  ])('An invalid intent is refused at its sender, and not stored: %s', async (_what, to, code, draft) => {
    const { rig, node } = await started();
    expect(await rig.outcome(node.tell(to, draft))).toBe(code);
    expect(rig.broker.pool('main').stored()).toEqual([]);
    await rig.wait(node.tell('worker', good));
  });

  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'NaN'],
    ['an endless number', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a date', new Date(0), '[object Date]'],
    ['a map', new Map(), '[object Map]'],
    ['a bigint', 7n, '7n'],
    ['an object of a class', new (class Money {})(), 'an object of a class of its own'],
  ])('A refusal names what is not JSON: %s', async (_what, value, shown) => {
    const { rig, node } = await started();
    const sending = node.tell('worker', withContext({ of: [value] }));
    await expect(rig.wait(sending)).rejects.toMatchObject({
      path: 'context.of[0]',
      message: `intent field "context.of[0]" must be a JSON value, but is ${shown}`,
    });
  });

  it('A refusal names the path of a schema violation', async () => {
    const { rig, node } = await started();
    const draft = { intent_type: 'alert', context: { server: { cpu: 'high' } } };
    await expect(rig.wait(node.tell('worker', draft))).rejects.toThrow('context.server.cpu');
  });

  it.each<readonly [string, unknown]>([
    ['a mode', { mode: 'perhaps' }],
    ['a deadline of nothing', { deadlineMs: 0 }],
    ['a deadline that is no number', { deadlineMs: Number.NaN }],
    ['a deadline without an end', { deadlineMs: Number.POSITIVE_INFINITY }],
  ])('A send with %s that makes no sense is refused at its sender', async (_what, options) => {
    const { rig, node } = await started();
    const sent = node.tell('worker', good, options as SendOptions);
    expect(await rig.outcome(sent)).toBe('PARLEY_INVALID_OPTION');
  });
});

it('The intents of one caller are stored in call order, also while the receiver is still looked up', async () => {
  const rig = new NodeRig();
  await rig.start({ agents: [worker] });
  rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 30 });
  const { node } = await rig.start({ agents: [] });
  const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
  const tell = (intent_id: string) => node.tell('worker', { ...good, intent_id }, { mode: 'wait' });
  const tickets = await rig.wait(Promise.all(ids.map(tell)));
  const bySeq = tickets.toSorted((a, b) => (a?.seq ?? 0) - (b?.seq ?? 0)).map((ticket) => ticket?.intent_id);
  expect(bySeq).toEqual(ids);
});

it('An intent is stored once however often it is sent with one id, and twice on two lanes', async () => {
  const { rig, node } = await started();
  const draft = { ...good, intent_id: 'one' };
  const first = await rig.wait(node.tell('worker', draft));
  const again = await rig.wait(node.tell('worker', draft));
  const other = await rig.wait(node.tell('worker', draft, { from: 'client/d' }));
  expect([again?.seq, other?.seq === first?.seq]).toEqual([first?.seq, false]);
});

it('A sender that loops is limited alone', async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [worker], egress: { ratePerSecond: 10, burst: 3 } });
  const tell = (from: string, options: SendOptions = { mode: 'reject' }) =>
    rig.outcome(node.tell('worker', good, { from, ...options }));
  for (let i = 0; i < 3; i++) expect(await tell('client/loop')).toMatchObject({ to: 'worker' });
  expect(await tell('client/loop')).toBe('PARLEY_EGRESS_LIMITED');
  expect(await tell('client/loop', { mode: 'drop' })).toBeUndefined();
  expect(await tell('client/other')).toMatchObject({ to: 'worker' });
  expect(await tell('client/loop', { mode: 'wait' })).toMatchObject({ to: 'worker' });
});
