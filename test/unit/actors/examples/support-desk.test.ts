/** The support desk on the test kit: with its own policy, on stores in memory. */
import { beforeAll, expect, it } from 'vitest';
import app from '../../../../actors/examples/support_desk/app.ts';
import { billing } from '../../../../actors/examples/support_desk/billing.ts';
import { crm, statusPage } from '../../../../actors/examples/support_desk/crm/agents.ts';
import { human } from '../../../../actors/examples/support_desk/human.ts';
import { billingRef, humanRef, type TicketState, triageRef } from '../../../../actors/examples/support_desk/intents.ts';
import { teach } from '../../../../actors/examples/support_desk/knowledge.ts';
import { payBack, type Refund } from '../../../../actors/examples/support_desk/refund-ledger.ts';
import { technical } from '../../../../actors/examples/support_desk/technical.ts';
import { triage } from '../../../../actors/examples/support_desk/triage.ts';
import {
  type Actuator,
  type App,
  type Approver,
  defineApp,
  type JsonObject,
  type PolicyEngine,
  type TraceStore,
} from '../../../../runtime/index.ts';
import {
  type Episode,
  type EpisodicMemory,
  lexicalEmbedder,
  openSemanticMemory,
  type SemanticMemory,
} from '../../../../runtime/memory/index.ts';
import { loadPolicy } from '../../../../runtime/policy/index.ts';
import { type TestMesh, testMesh } from '../../../../runtime/testing/index.ts';

const minuteMs = 60_000;
const remindAfterMs = 10 * minuteMs;

/** Loaded before: a file takes no simulated time. */
let policy: PolicyEngine;
beforeAll(async () => {
  policy = await loadPolicy('actors/examples/support_desk/policy');
});

/** The book of refunds in memory: what it holds, and what the desk asks of it. */
class Ledger {
  readonly paid = new Map<string, Refund>();

  async pay(key: string, refund: Refund): Promise<boolean> {
    if (this.paid.has(key)) return false;
    this.paid.set(key, refund);
    return true;
  }

  async refundedBefore(customer: string, order: number, ticket: string): Promise<number> {
    const others = [...this.paid.values()].filter((one) => one.customer === customer && one.order === order);
    return others.filter((one) => one.ticket !== ticket).reduce((sum, { cents }) => sum + cents, 0);
  }

  get cents(): readonly number[] {
    return [...this.paid.values()].map(({ cents }) => cents);
  }
}

function episodes(): EpisodicMemory {
  const all: Episode[] = [];
  return {
    store: 'memory',
    async record(episode) {
      const episode_id = `${episode.intent_id}/${episode.step}`;
      if (!all.some((one) => one.episode_id === episode_id)) {
        all.push({ ...episode, episode_id, outcome: null, success: null });
      }
      return episode_id;
    },
    close: async () => false,
    recall: async ({ contains, since = 0 }) =>
      all.filter(
        ({ at, context }) => at >= since && Object.entries(contains).every(([name, value]) => context[name] === value),
      ),
  };
}

/** What came of acts. */
const outcomes: JsonObject[] = [];
const traces = {
  store: 'memory',
  write: async () => undefined,
  close: async (_id: string, outcome: JsonObject) => outcomes.push(outcome) > 0,
} as unknown as TraceStore;

interface Parts {
  readonly ledger?: Ledger;
  readonly approver?: Approver;
  /** In place of the actuator of the desk. */
  readonly refund?: Actuator;
}

/** The desk and the CRM on one node. */
function deskApp({ ledger = new Ledger(), approver, refund = payBack(ledger) }: Parts): App {
  return defineApp({
    agents: [triage, billing, technical, human, crm, statusPage],
    async services({ transport, use }) {
      const records = transport.log('knowledge');
      const semantic = use(await openSemanticMemory({ records, embedder: lexicalEmbedder, index: 'exact' }));
      await teach(semantic);
      return {
        policy,
        traces,
        actuators: { refund },
        ...(approver === undefined ? {} : { approver }),
        memory: { episodic: episodes(), semantic },
        services: { ledger, traces, remindAfterMs },
      };
    },
  });
}

const help = (mesh: TestMesh, customer: string, ticket: string, text: string) =>
  mesh.tell(triageRef.at(customer), { intent_type: 'help', context: { ticket, text } });

const refund = (mesh: TestMesh, ticket: string, order: number, cents: number, customer = 'ann') =>
  mesh.tell(triageRef.at(customer), { intent_type: 'refund', context: { ticket, text: 'broken', order, cents } });

const status = (mesh: TestMesh, ticket: string, customer = 'ann'): Promise<TicketState> =>
  mesh.ask(triageRef.at(customer), { intent_type: 'status', context: { ticket } });

it('The desk answers a technical ticket from its articles', async () => {
  await using mesh = await testMesh(deskApp({}));
  await help(mesh, 'ann', 't1', 'I cannot log in, my password is refused');
  await mesh.settled();
  expect(await status(mesh, 't1')).toMatchObject({
    state: 'answered',
    by: 'technical/ann',
    text: expect.stringContaining('ask for a new one by mail') as string,
  });
  expect(await status(mesh, 't2')).toMatchObject({ state: 'unknown' });
});

it('The desk finds the topic of a ticket by its articles where its words do not say', async () => {
  await using mesh = await testMesh(deskApp({}));
  await help(mesh, 'ann', 't1', 'my devices stopped, sign out and in again?');
  await mesh.settled();
  expect(await status(mesh, 't1')).toMatchObject({ state: 'answered', by: 'technical/ann' });
});

it('A ticket without a topic belongs to the topic of the last one', async () => {
  await using mesh = await testMesh(deskApp({}));
  await help(mesh, 'ann', 't1', 'the upload fails');
  await mesh.settled();
  await help(mesh, 'ann', 't2', 'still nothing');
  await mesh.settled();
  expect(mesh.handled.filter(({ intent_type }) => intent_type === 'solve')).toHaveLength(2);
  expect(await status(mesh, 't2')).toMatchObject({ state: 'with_human', text: 'no article is about it' });
});

it('A ticket that nobody understands goes to a person, whose answer ends it', async () => {
  await using mesh = await testMesh(deskApp({}));
  await help(mesh, 'ann', 't1', 'hm');
  await mesh.settled();
  expect(await status(mesh, 't1')).toMatchObject({ state: 'with_human', by: 'human/ann' });
  expect(mesh.escalations.map(({ reason }) => reason)).toEqual(['reasoning_limit']);
  await mesh.tell(humanRef.at('ann'), { intent_type: 'answer', context: { ticket: 't1', text: 'Hello!', by: 'lena' } });
  await mesh.settled();
  expect(await status(mesh, 't1')).toEqual({ state: 'answered', by: 'lena', text: 'Hello!' });
});

it('A person is reminded of a ticket that waits too long, once', async () => {
  await using mesh = await testMesh(deskApp({}));
  await help(mesh, 'ann', 't1', 'where is my invoice?');
  await mesh.settled();
  const reminders = () => mesh.escalations.filter(({ message }) => message.includes('waits for too long'));
  await mesh.advance(9 * minuteMs);
  expect(reminders()).toHaveLength(0);
  await mesh.advance(2 * minuteMs);
  expect(reminders()).toMatchObject([{ message: 'ticket t1 of ann waits for too long', detail: { ticket: 't1' } }]);
  await mesh.advance(30 * minuteMs);
  expect(reminders()).toHaveLength(1);
});

it('Three customers with trouble are an outage: it is told once, to the team and to the other app', async () => {
  await using mesh = await testMesh(deskApp({}));
  for (const customer of ['ann', 'bob', 'cleo', 'dan', 'cleo']) {
    await help(mesh, customer, `of-${customer}`, 'my devices do not sync');
    await mesh.settled();
  }
  await help(mesh, 'cleo', 'again', 'my devices do not sync');
  await mesh.settled();
  expect(mesh.escalations.map(({ message }) => message)).toEqual(['sync does not work: 3 customers have reported it']);
  expect(await mesh.ask(statusPage, { intent_type: 'outages' })).toEqual(['sync']);
  expect(await status(mesh, 'of-bob', 'bob')).toMatchObject({ text: expect.stringContaining('Devices') as string });
  expect(await status(mesh, 'of-dan', 'dan')).toMatchObject({ text: expect.stringContaining('We know') as string });
});

it('A small refund is paid at once', async () => {
  const ledger = new Ledger();
  await using mesh = await testMesh(deskApp({ ledger }));
  await refund(mesh, 't1', 4, 5_000);
  await mesh.settled();
  expect(ledger.cents).toEqual([5_000]);
  expect(outcomes.at(-1)).toEqual({ refunded: 5_000 });
  expect(await status(mesh, 't1')).toEqual({
    state: 'answered',
    by: 'billing/ann',
    text: 'We have paid back 50.00 USD of order 4.',
  });
});

it.each<[string, boolean, string, readonly number[]]>([
  ['and is paid with one', true, 'answered', [9_000]],
  ['and goes to a person without one', false, 'with_human', []],
])('A larger refund needs an approval, %s', async (_what, approved, state, paid) => {
  const ledger = new Ledger();
  const approver: Approver = { ask: async () => ({ approved, by: 'lena', comment: '' }) };
  await using mesh = await testMesh(deskApp({ ledger, approver }));
  await refund(mesh, 't1', 4, 9_000);
  await mesh.settled();
  expect(ledger.cents).toEqual(paid);
  expect(await status(mesh, 't1')).toMatchObject({ state });
});

it.each<[string, number, number, RegExp]>([
  ['above the limit', 9, 20_001, /more than the desk may pay back/],
  ['of more than was paid', 1, 2_501, /more than is left/],
  ['of an order that does not exist', 10, 1, /more than is left/],
])('A refund %s is denied, and goes to a person with the reason', async (_what, order, cents, reason) => {
  const ledger = new Ledger();
  const approver: Approver = { ask: async () => ({ approved: true, by: 'lena', comment: '' }) };
  await using mesh = await testMesh(deskApp({ ledger, approver }));
  await refund(mesh, 't1', order, cents);
  await mesh.settled();
  expect(ledger.cents).toEqual([]);
  expect(await status(mesh, 't1')).toMatchObject({
    state: 'with_human',
    text: expect.stringMatching(reason) as string,
  });
});

it('Refunds of one order add up, and so do those of a month', async () => {
  const ledger = new Ledger();
  const asked: string[] = [];
  const approver: Approver = {
    async ask({ decision }) {
      asked.push(...decision.winners);
      return { approved: true, by: 'lena', comment: '' };
    },
  };
  await using mesh = await testMesh(deskApp({ ledger, approver }));
  for (const [ticket, order, cents] of [
    ['a', 1, 2_000],
    ['b', 1, 501],
    ['c', 1, 500],
    ['d', 8, 20_000],
    ['e', 7, 5_000],
  ] as const) {
    await refund(mesh, ticket, order, cents);
    await mesh.settled();
  }
  expect(ledger.cents).toEqual([2_000, 500, 20_000, 5_000]);
  expect(asked).toEqual(['refunds.large']);
  await refund(mesh, 'f', 6, 5_000);
  await mesh.settled();
  expect(asked).toEqual(['refunds.large', 'refunds.month']);
});

it('A refund whose acknowledgement is lost is paid once: the next attempt has the same key, and sees the same facts', async () => {
  const ledger = new Ledger();
  const keys: string[] = [];
  const refundThenFail: Actuator = async (args, execution) => {
    const result = await payBack(ledger)(args, execution);
    keys.push(execution.key);
    if (keys.length === 1) throw new Error('the connection was lost');
    return result;
  };
  await using mesh = await testMesh(deskApp({ ledger, refund: refundThenFail }));
  // all that was paid for the order: with its own first attempt counted, it would be denied
  await refund(mesh, 't1', 1, 2_500);
  await mesh.settled();
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  expect(ledger.cents).toEqual([2_500]);
  expect(await status(mesh, 't1')).toMatchObject({ state: 'answered' });
});

it('Without the CRM a refund becomes a dead letter that says so', async () => {
  const app = deskApp({});
  await using mesh = await testMesh({ ...app, agents: [triage, billing, technical, human] });
  await refund(mesh, 't1', 1, 100);
  await mesh.settled();
  expect(mesh.dead).toMatchObject([{ intent_id: 't1-refund', reason: 'PARLEY_UNKNOWN_AGENT' }]);
});

it('The app itself runs with fakes in place of what it opens', async () => {
  const ledger = new Ledger();
  const nothing = {
    describe: 'nothing',
    search: async () => [],
    store: async () => 0,
    invalidate: async () => undefined,
  };
  const semantic = { ...nothing, caughtUp: async () => undefined } as unknown as SemanticMemory;
  await using mesh = await testMesh(app, {
    node: {
      services: { ledger, traces, remindAfterMs },
      memory: { episodic: episodes(), semantic },
      actions: { policy, traces, actuators: { refund: payBack(ledger) } },
    },
  });
  await help(mesh, 'ann', 't1', 'I cannot log in');
  await mesh.settled();
  expect(await status(mesh, 't1')).toMatchObject({ state: 'with_human', text: 'no article is about it' });
});

it('A customer may be named by any text', async () => {
  const ledger = new Ledger();
  await using mesh = await testMesh(deskApp({ ledger }));
  await refund(mesh, 't1', 4, 5_000, 'ann_b@example.com');
  await mesh.settled();
  expect([...ledger.paid.values()]).toMatchObject([{ customer: 'ann_b@example.com', cents: 5_000 }]);
  expect(await status(mesh, 't1', 'ann_b@example.com')).toMatchObject({ state: 'answered' });
});

it('A key that names no customer makes a dead letter that says so', async () => {
  await using mesh = await testMesh(deskApp({}));
  await mesh.tell('triage/ann_b', { intent_type: 'help', context: { ticket: 't1', text: 'help' } });
  await mesh.settled();
  expect(mesh.dead).toMatchObject([{ reason: 'PARLEY_INVALID_ID', attempts: 1 }]);
});

it('A client that goes round triage gets no refund', async () => {
  const ledger = new Ledger();
  await using mesh = await testMesh(deskApp({ ledger }));
  const context = { ticket: 't1', text: 'broken', order: 4, cents: 100 };
  await mesh.tell(billingRef.at('ann'), { intent_type: 'refund', context });
  await mesh.settled();
  expect(ledger.cents).toEqual([]);
  expect(await status(mesh, 't1')).toMatchObject({ text: expect.stringContaining("another customer's") as string });
});
