import { describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { readGroup } from '../../../runtime/mailbox/archive-group.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const agent = (receive: LooseAgent['receive'], kind = 'worker'): LooseAgent => ({
  kind,
  intents: { alert: {}, investigate: {} },
  receive,
});

/** A node whose agent throws this at every attempt; what became of the intent. */
async function throwing(thrown: unknown): Promise<{ readonly attempts: number; readonly rig: NodeRig }> {
  const rig = new NodeRig();
  let attempts = 0;
  const receive = (): never => {
    attempts++;
    throw thrown;
  };
  const { node } = await rig.start({ agents: [agent(receive)] });
  await rig.wait(node.tell('worker', { intent_type: 'alert' }));
  await rig.quiet(node);
  return { attempts, rig };
}

describe('a failing agent', () => {
  it('A failing agent is retried three times, with pauses that double, and then dead-letters with every error', async () => {
    const rig = new NodeRig();
    const startedAt: number[] = [];
    const receive = async (): Promise<void> => {
      startedAt.push(rig.clock.monotonic());
      throw new Error(`attempt ${startedAt.length}`);
    };
    const { node } = await rig.start({ agents: [agent(receive)] });
    await rig.wait(node.tell('worker', { intent_type: 'alert', intent_id: 'poison' }));
    await rig.quiet(node);
    const [first = 0, second = 0, third = 0] = startedAt;
    expect([second - first, third - second, startedAt.length]).toEqual([100, 200, 3]);
    expect(rig.letters).toMatchObject([
      { reason: 'failed', attempts: 3, errors: ['attempt 1', 'attempt 2', 'attempt 3'] },
    ]);
    const [letter] = rig.letters;
    const kept = JSON.parse(Buffer.from(letter?.payload ?? '', 'base64').toString('utf8')) as Intent;
    expect(kept.intent_id).toBe('poison');
  });

  it('A failing agent delays its own lane and no other', async () => {
    const rig = new NodeRig();
    const order: string[] = [];
    const receive = (intent: Intent): void => {
      order.push(`${intent.from_agent} ${intent.intent_id}`);
      if (intent.intent_id === 'bad') throw new Error('no');
    };
    const { node } = await rig.start({ agents: [agent(receive)] });
    const tell = (from: string, id: string) => node.tell('worker', { intent_type: 'alert', intent_id: id }, { from });
    await rig.wait(Promise.all([tell('client/a', 'bad'), tell('client/a', 'behind'), tell('client/b', 'beside')]));
    await rig.quiet(node);
    expect(order.filter((line) => line.startsWith('client/a'))).toEqual([
      'client/a bad',
      'client/a bad',
      'client/a bad',
      'client/a behind',
    ]);
    expect(order.indexOf('client/b beside')).toBeLessThan(order.lastIndexOf('client/a bad'));
  });

  it.each([
    ['an error that says it is not retryable', Object.assign(new Error('never'), { retryable: false })],
    ['the error made for it', new NonRetryableError('never')],
    ['an object that says it is not retryable', { retryable: false }],
  ])('A failing agent is not retried for %s', async (_what, thrown) => {
    expect((await throwing(thrown)).attempts).toBe(1);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'no'],
    ['an object without a text', Object.create(null)],
    ['an error whose message throws', Object.defineProperty(new Error(), 'message', { get: () => never() })],
  ])('An agent may throw %s', async (_what, thrown) => {
    const { attempts, rig } = await throwing(thrown);
    expect([attempts, rig.letters.length]).toEqual([3, 1]);
  });
});

function never(): never {
  throw new Error('even this');
}

describe('an intent', () => {
  it('An intent knows its chain: parent, root and hops', async () => {
    const rig = new NodeRig();
    const seen: Intent[] = [];
    const { node } = await rig.start({
      agents: [
        agent(async (intent, ctx) => {
          seen.push(intent);
          await ctx.tell('second', { intent_type: 'investigate' });
        }, 'first'),
        agent((intent) => void seen.push(intent), 'second'),
      ],
    });
    await rig.wait(node.tell('first', { intent_type: 'alert' }));
    await rig.quiet(node);
    const [parent, child] = seen;
    expect(parent).toMatchObject({ from_agent: node.client, hops: 0, parent_intent_id: null });
    expect(child).toMatchObject({
      from_agent: 'first',
      hops: 1,
      parent_intent_id: parent?.intent_id,
      root_intent_id: parent?.intent_id,
    });
  });

  it('An intent that goes round in circles ends after 16 hops, as a dead letter', async () => {
    const rig = new NodeRig();
    let handled = 0;
    const pingPong = (other: string) =>
      agent(
        async (_intent, ctx) => {
          handled++;
          await ctx.tell(other, { intent_type: 'alert' });
        },
        other === 'ping' ? 'pong' : 'ping',
      );
    const { node } = await rig.start({ agents: [pingPong('ping'), pingPong('pong')] });
    await rig.wait(node.tell('ping', { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(handled).toBe(17);
    expect(rig.letters).toMatchObject([{ reason: 'PARLEY_TOO_MANY_HOPS', attempts: 1 }]);
  });

  it('An intent whose deadline passes while it waits is dead-lettered, not handled', async () => {
    const rig = new NodeRig();
    const handled: string[] = [];
    const slow = agent(async (intent) => {
      handled.push(intent.intent_id);
      await new Promise<void>((resolve) => rig.clock.after(5_000, resolve));
    });
    const { node } = await rig.start({ agents: [slow] });
    const deadline = new Date(rig.clock.now() + 1_000).toISOString();
    await rig.wait(node.tell('worker', { intent_type: 'alert', intent_id: 'slow' }));
    await rig.wait(node.tell('worker', { intent_type: 'alert', intent_id: 'late', deadline }));
    await rig.quiet(node);
    expect(handled).toEqual(['slow']);
    expect(rig.letters.map(({ reason }) => reason)).toEqual(['PARLEY_DEADLINE_PASSED']);
  });

  it("An intent of a kind without code on its pool's nodes is held and reported, and handled once there is code", async () => {
    const rig = new NodeRig();
    const handled: string[] = [];
    const both = [agent(() => undefined, 'old'), agent((intent) => void handled.push(intent.intent_id), 'new')];
    const before = await rig.start({ agents: both });
    await rig.wait(before.node.stop());
    const rolledBack = await rig.start({ agents: both.slice(0, 1) });
    rig.inject('client/c', 'new', rig.intent('client/c', 'new', { intent_id: 'waits' }));
    await rig.pass(60_000);
    expect([handled, rig.letters]).toEqual([[], []]);
    expect(rig.logged.filter((line) => line.includes('no code for a kind'))).toHaveLength(1);
    await rig.wait(rolledBack.node.stop());
    const after = await rig.start({ agents: both });
    await rig.quiet(after.node);
    expect(handled).toEqual(['waits']);
  });
});

it('A node survives an observer that throws', async () => {
  const rig = new NodeRig();
  let handled = 0;
  const observer = { sent: never, handling: never, handled: never, dead: never, connection: never };
  const receive = (intent: Intent): void => {
    handled++;
    if (intent.intent_id === 'bad') throw new NonRetryableError('no');
  };
  const { node } = await rig.start({ agents: [agent(receive)], observer });
  const tell = (id: string) => node.tell('worker', { intent_type: 'alert', intent_id: id });
  await rig.wait(tell('good'));
  await rig.wait(tell('bad'));
  await rig.wait(tell('last'));
  await rig.quiet(node);
  expect([handled, rig.letters.length]).toEqual([3, 1]);
  expect(rig.logged).toContain('an observer threw');
});

describe('the archive', () => {
  const archived = (rig: NodeRig) =>
    rig.broker
      .log('archive')
      .all.flatMap(({ key, payload }) =>
        readGroup(payload).map(({ outcome, attempts, intent }) => ({ key, outcome, attempts, ...(intent as Intent) })),
      );

  it('The archive has every finished intent, handled or dead, and no other message', async () => {
    const rig = new NodeRig();
    const receive = (intent: Intent): void => {
      if (intent.intent_id === 'bad') throw new Error('no');
    };
    const { node } = await rig.start({ agents: [agent(receive)] });
    for (const intent_id of ['good', 'bad']) await rig.wait(node.tell('worker', { intent_type: 'alert', intent_id }));
    rig.inject('client/x', 'worker', Buffer.from('{'));
    await rig.quiet(node);
    expect(archived(rig)).toMatchObject([
      { key: expect.stringMatching(/^main\.\d$/) as string, outcome: 'handled', attempts: 1, intent_id: 'good' },
      { outcome: 'dead', attempts: 3, intent_id: 'bad' },
    ]);
    expect(rig.letters).toHaveLength(2);
  });

  it('The archive is not written when it is switched off', async () => {
    const rig = new NodeRig();
    const { node } = await rig.start({ agents: [agent(() => undefined)], archive: false });
    await rig.wait(node.tell('worker', { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(archived(rig)).toEqual([]);
  });
});
