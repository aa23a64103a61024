/** Several nodes of one pool on the simulated store: one serves, the others stand by, a stopped one wakes up. */
import { describe, expect, it } from 'vitest';
import { below, seededRandom } from '../../../runtime/core/random.ts';
import { type Agent, defineAgent } from '../../../runtime/index.ts';
import type { Node } from '../../../runtime/node/node.ts';
import { NodeRig, type StartedNode } from '../../support/node-rig.ts';
import { codeOf } from '../../support/pool-rig.ts';
import { reasons } from '../acting/acting-bench.ts';

/** Who handled what, and what became of it. */
class Pool {
  readonly rig: NodeRig;
  readonly handled: { readonly by: string; readonly n: unknown; readonly at: number }[] = [];
  readonly said: string[] = [];

  constructor(seed = 1) {
    this.rig = new NodeRig(seed);
  }

  start(name: string): Promise<StartedNode> {
    return this.rig.start({ agents: [this.#worker(name)] });
  }

  numbers(by: string): readonly unknown[] {
    return this.handled.filter((one) => one.by === by).map(({ n }) => n);
  }

  async tell(from: Node, intent_type: string, numbers: readonly number[]): Promise<void> {
    const tell = (n: number) => from.tell(`worker/${n % 7}`, { intent_type, context: { n } }, { mode: 'wait' });
    await this.rig.wait(Promise.all(numbers.map(tell)));
  }

  /** Somebody outside of the pool. */
  async client(): Promise<Node> {
    return (await this.rig.start({})).node;
  }

  #worker(name: string): Agent {
    const { rig, said, handled } = this;
    return defineAgent({
      kind: 'worker',
      keyed: true,
      delivery: 'at_least_once',
      intents: { count: {}, wait: {}, tick: {}, slow: {} },
      state: () => ({}),
      timers: { tick: () => void said.push(`${name} ticks`) },
      receive: {
        count: ({ context }) => void handled.push({ by: name, n: context.n, at: rig.clock.monotonic() }),
        slow: async ({ context }) => {
          await new Promise<void>((resolve) => void rig.clock.after(300, resolve));
          handled.push({ by: name, n: context.n, at: rig.clock.monotonic() });
        },
        tick: (_intent, ctx) => ctx.timers.every('tick', 1_000),
        wait: async (_intent, ctx) => {
          await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
          said.push(`${name} is aborted: ${codeOf(ctx.signal.reason)}`);
          const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
            tell: () => ctx.tell('worker/late', { intent_type: 'count', context: { n: 'late' } }),
            ask: () => ctx.ask('worker/late', { intent_type: 'count', context: { n: 'late' } }),
            reply: () => ctx.reply('late'),
            broadcast: () => ctx.broadcast({ intent_type: 'count', context: { n: 'late' } }),
            escalate: () => ctx.escalate('late'),
            act: () => ctx.act({ name: 'late', resource: 'r', arguments: {}, facts: {} }, reasons),
          };
          for (const [verb, begin] of Object.entries(verbs)) {
            const error = await Promise.resolve()
              .then(begin)
              .then(
                () => undefined,
                (refused: unknown) => refused,
              );
            said.push(`${name} may not ${verb}: ${codeOf(error)}`);
            if (verb === 'tell') expect(error).toMatchObject({ epoch: expect.any(Number) as number });
          }
          throw new Error('too late');
        },
      },
    });
  }
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const ascending = (numbers: readonly unknown[]): readonly unknown[] =>
  numbers.toSorted((a, b) => Number(a) - Number(b));

describe('a stopped process that resumes', () => {
  it.each([5_000, 20_000, 60_000])(
    'A stopped process that resumes after %s ms handles nothing of its backlog when another node serves',
    async (ms) => {
      const pool = new Pool();
      const { rig } = pool;
      const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
      await pool.tell(client, 'count', range(0, 20));
      await pool.tell(client, 'tick', [0]);
      await rig.until('all is counted', () => pool.handled.length === 20);
      // what is not acknowledged yet is its successor's
      await rig.pass(1_000);
      first.process.transport.freeze();
      await pool.tell(client, 'count', range(20, 120));
      await rig.until('the second serves', () => second.node.standing?.kind === 'serving');
      await rig.pass(ms);
      pool.said.length = 0;
      first.process.transport.thaw();
      await rig.pass(30_000);
      expect([ascending(pool.numbers('first')), ascending(pool.numbers('second'))]).toEqual([
        range(0, 20),
        range(20, 120),
      ]);
      expect(first.node.standing).toEqual({ kind: 'standing_by', owner: second.node.id });
      expect([pool.said, first.node.health.status, first.node.counts.held]).toEqual([[], 'ok', 0]);
    },
  );

  it('A stopped process that resumes after 2 s handles its backlog: nothing has moved', async () => {
    const pool = new Pool();
    const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
    first.process.transport.freeze();
    await pool.tell(client, 'count', range(0, 50));
    await pool.rig.pass(2_000);
    first.process.transport.thaw();
    await pool.rig.pass(10_000);
    expect([ascending(pool.numbers('first')), pool.numbers('second')]).toEqual([range(0, 50), []]);
    expect([first.node.standing?.kind, second.node.standing?.kind]).toEqual(['serving', 'standing_by']);
  });

  it('A stopped process that resumes after a minute without another node handles its backlog, each intent once', async () => {
    const pool = new Pool();
    const [first, client] = [await pool.start('first'), await pool.client()];
    await pool.tell(client, 'slow', range(0, 30));
    await pool.rig.pass(400);
    first.process.transport.freeze();
    await pool.tell(client, 'count', range(30, 50));
    await pool.rig.pass(60_000);
    first.process.transport.thaw();
    await pool.rig.pass(30_000);
    expect(ascending(pool.numbers('first'))).toEqual(range(0, 50));
  });
});

describe('a busy main loop', () => {
  it.each([1_000, 3_000, 10_000])('A main loop that is busy for %s ms moves nothing', async (ms) => {
    const pool = new Pool();
    const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
    first.process.transport.keepBusy();
    await pool.tell(client, 'count', range(0, 50));
    await pool.rig.pass(ms);
    first.process.transport.thaw();
    await pool.rig.pass(10_000);
    expect([ascending(pool.numbers('first')), pool.numbers('second')]).toEqual([range(0, 50), []]);
    expect(second.node.standing?.kind).toBe('standing_by');
  });

  it('A main loop that is busy for 20 s is replaced, and begins nothing afterwards', async () => {
    const pool = new Pool();
    const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
    first.process.transport.keepBusy();
    await pool.tell(client, 'count', range(0, 50));
    await pool.rig.pass(20_000);
    expect(second.node.standing?.kind).toBe('serving');
    first.process.transport.thaw();
    await pool.rig.pass(10_000);
    expect([pool.numbers('first'), ascending(pool.numbers('second'))]).toEqual([[], range(0, 50)]);
    expect(first.node.standing?.kind).toBe('standing_by');
  });
});

it('A node aborts the handlers of a lost partition, counts no failure, and refuses their later calls', async () => {
  const pool = new Pool();
  const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
  await pool.tell(client, 'wait', [0]);
  await pool.rig.until('it waits', () => first.node.counts.handling === 1);
  first.process.transport.freeze();
  await pool.rig.until('the second has it', () => second.node.counts.handling === 1);
  first.process.transport.thaw();
  await pool.rig.pass(30_000);
  expect(pool.said).toEqual([
    'first is aborted: PARLEY_PARTITION_LOST',
    ...['tell', 'ask', 'reply', 'broadcast', 'escalate', 'act'].map(
      (verb) => `first may not ${verb}: ${verb === 'reply' ? 'undefined' : 'PARLEY_PARTITION_LOST'}`,
    ),
  ]);
  expect([pool.rig.letters, pool.rig.escalations, pool.handled]).toEqual([[], [], []]);
  expect(first.node.counts).toMatchObject({ held: 0, handling: 0, active: 0, restarting: 0, paused: 0 });
});

it('A node aborts its handlers after 12 s without contact, and begins them again with contact: uncounted', async () => {
  const pool = new Pool();
  const [first, client] = [await pool.start('first'), await pool.client()];
  await pool.tell(client, 'wait', [0]);
  await pool.rig.until('it waits', () => first.node.counts.handling === 1);
  first.process.transport.disconnect(30_000);
  await pool.rig.pass(11_000);
  expect(pool.said).toEqual([]);
  await pool.rig.pass(4_000);
  expect(pool.said[0]).toBe('first is aborted: PARLEY_PARTITION_LOST');
  await pool.rig.pass(60_000);
  expect([first.node.standing?.kind, first.node.counts.handling, pool.rig.letters]).toEqual(['serving', 1, []]);
});

it('A stopping node is taken over from at once, and claims again when the second one dies', async () => {
  const pool = new Pool();
  const { rig } = pool;
  const [first, second, client] = [await pool.start('first'), await pool.start('second'), await pool.client()];
  const from = rig.clock.monotonic();
  await rig.wait(first.node.stop());
  await rig.until('the second serves', () => second.node.standing?.kind === 'serving');
  expect(rig.clock.monotonic() - from).toBeLessThan(1_000);
  const third = await pool.start('third');
  expect(third.node.standing).toEqual({ kind: 'standing_by', owner: second.node.id });
  second.process.transport.kill();
  await pool.tell(client, 'count', range(0, 10));
  await rig.until('the third serves', () => third.node.standing?.kind === 'serving');
  await rig.until('all is counted', () => pool.handled.length === 10);
  expect(ascending(pool.numbers('third'))).toEqual(range(0, 10));
});

it('A node waits for one TTL after an outage of all servers, and then finds that nothing has moved', async () => {
  const pool = new Pool();
  const [first, second] = [await pool.start('first'), await pool.start('second')];
  for (let outage = 1; outage <= 5; outage++) {
    for (const { process } of [first, second]) process.transport.disconnect(outage * 4_000);
    await pool.rig.pass(outage * 4_000 + 20_000);
    expect([first.node.standing?.kind, second.node.standing?.kind], `outage ${outage}`).toEqual([
      'serving',
      'standing_by',
    ]);
  }
});

it('One of several nodes that start at the same moment serves the whole pool', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const pool = new Pool(seed);
    pool.rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 60, slow: 0.1, slowMs: 900 });
    const started = await Promise.all(['a', 'b', 'c'].map((name) => pool.start(name)));
    await pool.rig.pass(15_000);
    const kinds = started.map(({ node }) => node.standing?.kind).toSorted();
    expect(kinds, `seed ${seed}`).toEqual(['serving', 'standing_by', 'standing_by']);
    expect(started.find(({ node }) => node.standing?.kind === 'serving')?.node.health.status).toBe('ok');
  }
});

it.each(['rubbish', '{"v":2,"node":"of the future"}'])(
  'A node reports an unreadable ownership record, asks seldom, and serves once it is gone: %s',
  async (value) => {
    const pool = new Pool();
    const { rig } = pool;
    const { node } = await pool.start('first');
    const revision = rig.broker.bucket('owners').read('main.0')?.revision ?? 0;
    rig.broker.bucket('owners').write('main.0', value, revision);
    await rig.pass(30_000);
    expect(node.standing?.kind).toBe('blocked');
    expect(node.health.reasons.join()).toContain('the ownership record of partition 0 cannot be read');
    expect(rig.logged.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
    expect(rig.broker.bucket('owners').read('main.0')?.value).toBe(value);
    rig.broker.bucket('owners').remove('main.0');
    await rig.pass(5_000);
    expect([node.standing?.kind, node.health.status]).toEqual(['serving', 'ok']);
  },
);

/** Kills, stops, SIGSTOPs, busy loops and lost connections of three nodes, while intents come in. */
async function storm(seed: number): Promise<void> {
  const pool = new Pool(seed);
  const { rig } = pool;
  const random = seededRandom(seed);
  const client = await pool.client();
  const living = new Map<string, StartedNode>();
  const frozen = new Set<string>();
  let names = 0;
  const start = async (): Promise<void> => {
    const name = `n${names++}`;
    living.set(name, await pool.start(name));
  };
  await start();
  await start();
  rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 20 });
  let sent = 0;
  for (let round = 0; round < 12; round++) {
    await pool.tell(client, below(random, 2) === 0 ? 'count' : 'slow', range(sent, sent + 10));
    sent += 10;
    const names = [...living.keys()].filter((name) => !frozen.has(name));
    const name = names[below(random, names.length)] ?? '';
    const { transport } = living.get(name)?.process ?? {};
    const fault = below(random, 5);
    if (fault === 0) transport?.freeze();
    if (fault === 1) transport?.keepBusy();
    if (fault === 2) transport?.disconnect(below(random, 15_000));
    if (fault === 3) transport?.kill();
    if (fault === 4) void living.get(name)?.node.stop();
    if (fault <= 1) frozen.add(name);
    if (fault >= 3) living.delete(name);
    await pool.tell(client, 'count', range(sent, sent + 10));
    sent += 10;
    await rig.pass(below(random, 20_000));
    for (const asleep of frozen) {
      if (below(random, 2) === 0) continue;
      frozen.delete(asleep);
      living.get(asleep)?.process.transport.thaw();
    }
    if (living.size - frozen.size < 2) await start();
  }
  for (const asleep of frozen) living.get(asleep)?.process.transport.thaw();
  await rig.pass(30_000);
  await rig.until('the store is empty', () => rig.broker.pool('main').messages === 0);
  expect(new Set(pool.handled.map(({ n }) => n)).size, `seed ${seed}: all are handled`).toBe(sent);
  const kinds = [...living.values()].map(({ node }) => node.standing?.kind);
  expect(
    kinds.filter((kind) => kind === 'serving'),
    `seed ${seed}: one serves`,
  ).toHaveLength(1);
  expect(
    kinds.filter((kind) => kind !== 'serving' && kind !== 'standing_by'),
    `seed ${seed}`,
  ).toEqual([]);
}

it('Nodes serve everything through kills, stops, SIGSTOPs, busy loops and lost connections (40 seeds)', async () => {
  for (let seed = 0; seed < 40; seed++) await storm(seed);
});
