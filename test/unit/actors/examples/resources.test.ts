/** A thousand keyed agents: each resource is granted to one at a time, and idle agents leave the memory. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { resource } from '../../../../actors/examples/resources.ts';
import { type Agent, defineAgent } from '../../../../runtime/index.ts';
import { type TestMesh, testMesh } from '../../../../runtime/testing/index.ts';

interface Reply {
  readonly granted: boolean;
  readonly reason: string;
  readonly until: number;
}

const minuteMs = 60_000;
const scale = (by: string, minutes: number) =>
  ({ intent_type: 'scale', context: { by, instances: 2 }, constraints: { minutes } }) as const;

async function propose(mesh: TestMesh, id: string, by: string, minutes = 5): Promise<Reply> {
  return (await mesh.ask(resource.at(id), scale(by, minutes))) as unknown as Reply;
}

it('Each of a thousand resources is granted to its first proposer, and refuses the others with the reason', async () => {
  await using mesh = await testMesh([resource]);
  const ids = Array.from({ length: 1_000 }, (_, n) => `r${n}`);
  const proposals = ids.flatMap((id) => ['ann', 'bob', 'eve'].map((by) => ({ id, by })));
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(proposals, { minLength: proposals.length }), {
    numRuns: 1,
    seed: 7,
  });
  expect(shuffled).not.toEqual(proposals);
  const asked = shuffled.map(({ id, by }) => mesh.node.ask(resource.at(id), scale(by, 5)));
  const replies = (await mesh.drive(Promise.all(asked))) as unknown as readonly Reply[];

  const holders = new Map<string, string>();
  for (const [n, { id, by }] of shuffled.entries()) {
    const reply = replies[n];
    const holder = holders.get(id);
    expect(reply?.granted).toBe(holder === undefined);
    if (holder === undefined) holders.set(id, by);
    else expect(reply?.reason).toBe(`${holder} has it for 5 min more, with 2 instances: propose again then`);
  }
  expect(holders.size).toBe(1_000);

  expect(mesh.node.counts.active).toBe(1_000);
  await mesh.advance(4 * minuteMs);
  expect(mesh.node.counts.active).toBe(1_000);
  await mesh.advance(3 * minuteMs);
  expect(mesh.node.counts.active).toBe(0);
  expect((await propose(mesh, 'r0', 'zoe')).granted).toBe(true);
  expect(mesh.node.counts.active).toBe(1);
});

it('A resource is granted to the next proposer when its time is over, not before', async () => {
  await using mesh = await testMesh([resource], { startAt: 0 });
  const { until } = await propose(mesh, 'db', 'ann');
  await mesh.advance(until - mesh.now - 1_000);
  expect(await propose(mesh, 'db', 'bob')).toMatchObject({ granted: false, until });
  await mesh.advance(1_000);
  expect(await propose(mesh, 'db', 'bob')).toMatchObject({ granted: true });
});

it('A resource is granted again to its holder: for longer, never for less than promised', async () => {
  await using mesh = await testMesh([resource]);
  const first = await propose(mesh, 'db', 'ann');
  await mesh.advance(3 * minuteMs);
  expect(await propose(mesh, 'db', 'ann', 1)).toMatchObject({ granted: true, until: first.until });
  const second = await propose(mesh, 'db', 'ann');
  expect(second.until).toBeGreaterThan(first.until);
  await mesh.advance(first.until - mesh.now + 1);
  expect(await propose(mesh, 'db', 'bob')).toMatchObject({ granted: false, until: second.until });
});

it('A resource is free when its holder releases it, and only then', async () => {
  await using mesh = await testMesh([resource]);
  const release = (by: string) => mesh.ask(resource.at('db'), { intent_type: 'release', context: { by } });
  await propose(mesh, 'db', 'ann');
  expect(await release('bob')).toEqual({ released: false });
  expect((await propose(mesh, 'db', 'bob')).granted).toBe(false);
  expect(await release('ann')).toEqual({ released: true });
  const { granted, until } = await propose(mesh, 'db', 'bob', 10);
  expect(granted).toBe(true);
  await mesh.advance(6 * minuteMs);
  expect(await propose(mesh, 'db', 'ann')).toMatchObject({ granted: false, until });
});

it('A resource is written to with a key, or not at all', async () => {
  await using mesh = await testMesh([resource]);
  await expect(mesh.tell(resource, scale('ann', 5))).rejects.toMatchObject({
    code: 'PARLEY_MISSING_KEY',
    message: expect.stringContaining('write to "resource/<key>"') as string,
  });
});

interface Held {
  readonly id: string;
  readonly by: string;
  readonly from: number;
  readonly until: number;
}

/** Agents that want resources, each with a mailbox of its own: their proposals come in no common order. */
function planners(granted: Held[]): Agent {
  return defineAgent({
    kind: 'planner',
    keyed: true,
    delivery: 'at_least_once',
    intents: { want: { context: z.object({ id: z.string(), minutes: z.number() }) } },
    async receive({ context: { id, minutes } }, ctx) {
      const reply = (await ctx.ask(resource.at(id), scale(ctx.self, minutes))) as unknown as Reply;
      if (!reply.granted) return;
      granted.push({ id, by: ctx.self, from: reply.until - minutes * minuteMs, until: reply.until });
    },
  });
}

it('A resource never has two holders, with proposals in any order and a slow store', async () => {
  const want = fc.record({
    by: fc.constantFrom('a', 'b', 'c'),
    id: fc.constantFrom('x', 'y'),
    minutes: fc.integer({ min: 1, max: 9 }),
  });
  const round = fc.record({ wants: fc.array(want, { maxLength: 5 }), pause: fc.integer({ min: 0, max: 6 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { maxLength: 5 }), fc.nat(), async (rounds, seed) => {
      const granted: Held[] = [];
      const faults = { losePublishAnswer: 0.1, slow: 0.3, slowMs: 200 };
      await using mesh = await testMesh([resource, planners(granted)], { seed, faults });
      for (const { wants, pause } of rounds) {
        const sends = wants.map(({ by, ...context }) =>
          mesh.node.tell(`planner/${by}`, { intent_type: 'want', context }),
        );
        await mesh.drive(Promise.all(sends));
        await mesh.advance((1 + pause) * minuteMs);
      }
      const wanted = rounds.flatMap(({ wants }) => wants).length;
      expect(mesh.handled.filter(({ intent_type }) => intent_type === 'want')).toHaveLength(wanted);
      for (const [n, one] of granted.entries()) {
        for (const other of granted.slice(n + 1)) {
          const apart = one.until <= other.from || other.until <= one.from;
          expect(one.id !== other.id || one.by === other.by || apart).toBe(true);
        }
      }
    }),
    { numRuns: 25 },
  );
});
