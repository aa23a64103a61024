import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentRef, defineAgent, defineApp, type Intent } from '../../../runtime/index.ts';
import { stub, testMesh } from '../../../runtime/testing/index.ts';

const offersRef = agentRef('offers', {
  reduce_churn: { context: z.object({ segment: z.string() }), reply: z.object({ discount: z.number() }) },
});

const retention = defineAgent({
  kind: 'retention',
  delivery: 'at_least_once',
  intents: { reduce_churn: { context: z.object({ segment: z.string() }), reply: z.string() } },
  state: () => ({ asked: 0 }),
  timers: { remind: (ctx) => ctx.escalate('no decision was made') },
  receive: {
    async reduce_churn({ context, intent_type }, ctx) {
      ctx.state.asked++;
      if (context.segment === 'nobody') throw new Error('no such segment');
      const { discount } = await ctx.ask(offersRef, { intent_type, context });
      ctx.timers.after('remind', 3_600_000);
      await ctx.reply(`${discount} for ${context.segment}`);
    },
  },
});

describe('the test kit', () => {
  it('The test kit runs an agent against a stub, and shows everything that was sent', async () => {
    const offers = stub(offersRef.id, offersRef.intents, () => ({ discount: 0.1 }));
    await using mesh = await testMesh([retention, offers.agent]);
    const reply = await mesh.ask(retention, { intent_type: 'reduce_churn', context: { segment: 'loyal' } });
    expect(reply).toBe('0.1 for loyal');
    expect(offers.got).toMatchObject([{ from_agent: 'retention', context: { segment: 'loyal' } }]);
    expect(mesh.sent.map(({ intent_type, to_agent }) => [intent_type, to_agent])).toEqual([
      ['reduce_churn', 'retention'],
      ['reduce_churn', 'offers'],
      ['reply', 'retention'],
    ]);
    expect(mesh.handled).toHaveLength(2);
  });

  it('The test kit lets hours pass in a moment', async () => {
    const offers = stub(offersRef.id, offersRef.intents, () => ({ discount: 0 }));
    await using mesh = await testMesh([retention, offers.agent], { startAt: 0 });
    await mesh.tell(retention, { intent_type: 'reduce_churn', context: { segment: 'loyal' } });
    await mesh.settled();
    expect(mesh.escalations).toEqual([]);
    await mesh.advance(3_600_000);
    expect(mesh.escalations).toMatchObject([{ agent: 'retention', message: 'no decision was made' }]);
    expect(mesh.now).toBeGreaterThanOrEqual(3_600_000);
  });

  it('The test kit shows dead letters with the intent and every error', async () => {
    await using mesh = await testMesh([retention]);
    await mesh.tell('retention', { intent_type: 'reduce_churn', context: { segment: 'nobody' } });
    await mesh.settled();
    expect(mesh.dead).toMatchObject([
      { reason: 'failed', errors: Array(3).fill('no such segment'), intent: { context: { segment: 'nobody' } } },
    ]);
  });

  it('The test kit calls every method of an observer that is an instance of a class', async () => {
    class Tally {
      readonly #events: string[] = [];
      get events(): readonly string[] {
        return this.#events;
      }
      sent({ intent_type }: Intent): void {
        this.#events.push(`sent ${intent_type}`);
      }
      handling(agent: string): void {
        this.#events.push(`${agent} handles`);
      }
      handled(agent: string): void {
        this.#events.push(`${agent} has handled`);
      }
    }
    const tally = new Tally();
    await using mesh = await testMesh([stub('offers', offersRef.intents, () => ({ discount: 0 })).agent], {
      node: { observer: tally },
    });
    await mesh.tell('offers', { intent_type: 'reduce_churn', context: { segment: 'loyal' } });
    await mesh.settled();
    expect([...tally.events].sort()).toEqual(['offers handles', 'offers has handled', 'sent reduce_churn']);
    expect([mesh.sent.length, mesh.handled.length]).toEqual([1, 1]);
  });

  it('The test kit refuses what a real mesh refuses', async () => {
    await using mesh = await testMesh([retention]);
    await expect(mesh.tell('retention', { intent_type: 'shout' })).rejects.toMatchObject({
      code: 'PARLEY_UNKNOWN_INTENT_TYPE',
    });
  });

  it('The test kit gives the same run for the same seed, faults included', async () => {
    const run = async (seed: number): Promise<readonly string[]> => {
      const offers = stub(offersRef.id, offersRef.intents, () => ({ discount: 0 }));
      await using mesh = await testMesh([retention, offers.agent], {
        seed,
        faults: { losePublish: 0.2, losePublishAnswer: 0.2, refusePublish: 0.2, slow: 0.2, slowMs: 100 },
      });
      for (let n = 0; n < 5; n++) {
        await mesh.tell(retention, { intent_type: 'reduce_churn', context: { segment: `${n}` } });
      }
      await mesh.settled();
      expect(offers.got.map(({ context }) => context.segment)).toEqual(['0', '1', '2', '3', '4']);
      return [...mesh.sent.map(({ intent_id }) => intent_id), String(mesh.now)];
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  it('The test kit names what is on its way when it cannot settle', async () => {
    const stuck = defineAgent({
      kind: 'stuck',
      delivery: 'at_least_once',
      intents: { alert: {} },
      receive: () => new Promise<void>(() => undefined),
    });
    const mesh = await testMesh([stuck]);
    await mesh.tell(stuck, { intent_type: 'alert' });
    await expect(mesh.settled()).rejects.toMatchObject({ code: 'PARLEY_SIMULATION_STUCK' });
  });
});

it('A service that waits for a file keeps the mesh from starting, and the error says how to open it', async () => {
  const app = defineApp({
    agents: [],
    async services() {
      await readFile('package.json');
      return {};
    },
  });
  await expect(testMesh(app)).rejects.toMatchObject({
    code: 'PARLEY_SIMULATION_STUCK',
    message: expect.stringContaining('open it before the mesh') as string,
  });
});
