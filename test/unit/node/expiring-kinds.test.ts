/** Kinds whose nodes are gone for long: what nodes, senders and commands see of them, on a clock driven by hand. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { describeAgent, knownNodes } from '../../../runtime/inspect/index.ts';
import type { BroadcastResult, FoundKind } from '../../../runtime/messaging/speech.ts';
import { type LooseAgent, NodeRig, type NodeRigOptions, type StartedNode } from '../../support/node-rig.ts';

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const limits = { kindExpiryMs: hourMs };

let rig: NodeRig;
let handled: Intent[];

beforeEach(() => {
  rig = new NodeRig();
  handled = [];
});

/** A node that serves `invoice`. */
const serving = (more: NodeRigOptions = {}): Promise<StartedNode> =>
  rig.start({
    limits,
    agents: [{ kind: 'invoice', intents: { alert: {} }, receive: (intent) => void handled.push(intent) }],
    ...more,
  });

const client = (more: NodeRigOptions = {}): Promise<StartedNode> => rig.start({ limits, ...more });

interface Seen {
  readonly found: readonly FoundKind[];
  readonly broadcast: BroadcastResult;
}

/** A node of another pool, whose agent searches and broadcasts. Returns a function that makes it do both. */
async function looking(): Promise<() => Promise<Seen>> {
  let seen: Seen | undefined;
  const looker: LooseAgent = {
    kind: 'looker',
    intents: { investigate: {} },
    receive: async (_intent, ctx) => {
      seen = { found: await ctx.find({ accepts: 'alert' }), broadcast: await ctx.broadcast({ intent_type: 'alert' }) };
    },
  };
  const { node } = await rig.start({ pool: 'other', limits, agents: [looker] });
  return async () => {
    seen = undefined;
    await rig.wait(node.tell('looker', { intent_type: 'investigate' }));
    await rig.until('the agent has looked', () => seen !== undefined);
    return seen as unknown as Seen;
  };
}

const tell = ({ node }: StartedNode): Promise<unknown> =>
  rig.outcome(node.tell('invoice', { intent_type: 'alert' }).then(() => 'stored'));

const described = ({ process }: StartedNode): Promise<unknown> =>
  rig.outcome(describeAgent(process.transport, 'invoice').then(({ served_by }) => served_by));

describe('A kind whose nodes have all stopped', () => {
  it('A kind without nodes keeps its place until its time is over: intents wait in its mailbox', async () => {
    const { node } = await serving();
    const sender = await client();
    await rig.wait(node.stop());
    await rig.pass(hourMs - 60_000);
    expect(await tell(sender)).toBe('stored');
    expect(await tell(await client())).toBe('stored');
    expect(await described(sender)).toEqual([]);
    await rig.quiet((await serving()).node);
    expect(handled).toHaveLength(2);
  });

  it('A kind without nodes is then unknown, to earlier senders, to broadcasts, searches and commands', async () => {
    const { node } = await serving();
    const [sender, look] = [await client(), await looking()];
    expect(await tell(sender)).toBe('stored');
    const before = await look();
    expect(before.found.map(({ kind }) => kind)).toEqual(['invoice']);
    expect(before.broadcast.sent.map(({ to }) => to)).toEqual(['invoice']);
    await rig.wait(node.stop());
    await rig.pass(hourMs + 600_000);
    expect(await tell(sender)).toBe('PARLEY_UNKNOWN_AGENT');
    expect(await tell(await client())).toBe('PARLEY_UNKNOWN_AGENT');
    expect(await look()).toEqual({ found: [], broadcast: { sent: [], refused: [] } });
    expect(await described(sender)).toBe('PARLEY_UNKNOWN_AGENT');
  });

  it('An expired kind loses no intent of its mailbox: a node that serves it again handles them', async () => {
    const { node } = await serving();
    const sender = await client();
    await rig.wait(node.stop());
    expect(await tell(sender)).toBe('stored');
    await rig.pass(2 * hourMs);
    expect(await rig.wait(sender.node.mailboxOf('invoice'))).toMatchObject({ pool: 'main' });
    const again = await serving();
    expect(await tell(sender)).toBe('stored');
    await rig.quiet(again.node);
    expect(handled).toHaveLength(2);
    expect(await described(sender)).toEqual([again.node.id]);
  });

  it('A kind expires with the entries of its killed nodes', async () => {
    const { process } = await serving();
    const sender = await client();
    process.transport.kill();
    process.clock.kill();
    await rig.pass(hourMs - 60_000);
    expect((await rig.wait(knownNodes(sender.process.transport))).records).toHaveLength(1);
    await rig.pass(600_000);
    expect((await rig.wait(knownNodes(sender.process.transport))).records).toEqual([]);
    expect(await tell(sender)).toBe('PARLEY_UNKNOWN_AGENT');
  });
});

describe('A kind that a node serves', () => {
  it('A node renews its kind for as long as it runs', async () => {
    const { node } = await serving();
    await rig.pass(2 * hourMs);
    const sender = await client();
    expect(await tell(sender)).toBe('stored');
    expect(await described(sender)).toEqual([node.id]);
    const look = await looking();
    expect((await look()).found.map(({ kind }) => kind)).toEqual(['invoice']);
  });

  it('The remaining one of two nodes renews their kind', async () => {
    const [first, second] = [await serving(), await serving()];
    await rig.pass(hourMs / 2);
    await rig.wait(first.node.stop());
    await rig.pass(1.5 * hourMs);
    const sender = await client();
    expect(await tell(sender)).toBe('stored');
    expect(await described(sender)).toEqual([second.node.id]);
  });

  it('A node renews its kind also after the store did not answer at the time of a renewal', async () => {
    await serving();
    await rig.pass(hourMs - 90_000);
    rig.faults.change({ loseRequest: 1 });
    await rig.pass(120_000);
    rig.faults.change({ loseRequest: 0 });
    await rig.pass(hourMs);
    expect(await tell(await client())).toBe('stored');
  });

  it.each([
    ['ahead of', yearMs],
    ['behind', -yearMs],
  ])('A served kind neither expires nor stays because wall clocks are a year %s the store', async (_what, skewMs) => {
    const { node } = await serving({ skewMs });
    expect(await tell(await client({ skewMs }))).toBe('stored');
    await rig.pass(2 * hourMs);
    expect(await tell(await client({ skewMs }))).toBe('stored');
    await rig.wait(node.stop());
    await rig.pass(hourMs + 600_000);
    expect(await tell(await client({ skewMs }))).toBe('PARLEY_UNKNOWN_AGENT');
  });

  it('The entry of a served kind is written a few times a day, not for every intent', async () => {
    const { node } = await serving();
    const writes = (): number =>
      rig.broker.history.lines.filter((line) => line.includes('write') && line.includes('kind.invoice')).length;
    const before = writes();
    for (let n = 0; n < 50; n++) await rig.wait(node.tell('invoice', { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(writes()).toBe(before);
    await rig.pass(hourMs);
    expect(writes() - before).toBe(2 * 30);
  });
});

describe('An entry of an earlier release, which names no time,', () => {
  const kind = { v: 1, kind: 'relic', pool: 'main', keyed: false, broadcasts: ['relic'], intents: { alert: {} } };
  const old = (n: number) => ({
    ...{ v: 1, node: `old${n}`, pool: 'other', kinds: ['relic'], state: 'serving' },
    ...{ started_at: '', host: '', pid: 1 },
  });

  async function write(bucket: 'meshConfig' | 'registry', key: string, value: object): Promise<void> {
    await rig.wait(rig.process().transport.bucket(bucket).write(key, JSON.stringify(value), 0));
  }

  beforeEach(async () => {
    await write('meshConfig', 'kind.relic', { v: 1, pool: 'main', group: null });
    await write('registry', 'kind.relic', kind);
  });

  const tellRelic = ({ node }: StartedNode): Promise<unknown> =>
    rig.outcome(node.tell('relic', { intent_type: 'alert' }).then(() => 'stored'));

  it('An entry of an earlier release expires when a node of this release has seen for its time that none serves it, not at once', async () => {
    await rig.pass(2 * hourMs);
    await serving();
    await rig.pass(hourMs - 60_000);
    expect(await tellRelic(await client())).toBe('stored');
    await rig.pass(600_000);
    expect(await tellRelic(await client())).toBe('PARLEY_UNKNOWN_AGENT');
  });

  it('An entry of an earlier release stays while a node of that release serves it, although that renews nothing', async () => {
    await write('registry', 'node.old1', old(1));
    await serving();
    await rig.pass(2 * hourMs);
    expect(await tellRelic(await client())).toBe('stored');
    expect(await tell(await client())).toBe('stored');
  });
});
