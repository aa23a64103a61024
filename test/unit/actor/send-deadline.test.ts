/** Deadlines of sends that wait before their lane: for an earlier send of it, for room in a mailbox or in the store. */
import { describe, expect, it } from 'vitest';
import { toIso } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { EgressGate } from '../../../runtime/mailbox/egress-gate.ts';
import { LaneSender } from '../../../runtime/mailbox/lane-sender.ts';
import type { SendMode } from '../../../runtime/mailbox/sending.ts';
import type { Outgoing } from '../../../runtime/messaging/checked-intent.ts';
import { type Congestion, IntentSender } from '../../../runtime/messaging/intent-sender.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { codeOf } from '../../support/pool-rig.ts';
import { ScriptedPublisher } from '../../support/scripted-publisher.ts';

const place = { pool: 'main', partition: 0 };

class Bench {
  readonly clock = new ManualClock();
  readonly store = new ScriptedPublisher();
  readonly told: string[] = [];
  closed: 'closed' | 'full' | undefined;
  locate: () => typeof place | Promise<typeof place> = () => place;
  readonly #sender: IntentSender;

  constructor() {
    const { clock } = this;
    const congestion: Congestion = {
      isClosed: () => this.closed === 'closed',
      takeRoom: () => this.closed !== 'full',
      changed: (ms) => new Promise((resolve) => void clock.after(Math.min(ms, 500), resolve)),
    };
    this.#sender = new IntentSender({
      mesh: 'sim',
      secret: { salt: 'salt', loadSalt: async () => 'salt' },
      clock,
      directory: { locate: () => this.locate() },
      congestion,
      egress: new EgressGate(clock, undefined),
      obstacle: () => undefined,
      lanes: new LaneSender(this.store, clock, {
        window: 16,
        queuedPerLane: 8,
        queued: 32,
        dedupeWindowMs: 60_000,
        inFlightPerLane: 1,
      }),
      schemasOf: () => undefined,
      isKeyed: () => false,
      deadlineMs: 30_000,
    });
  }

  /** @param mode by default `wait` */
  send(id: string, deadlineMs: number, mode: SendMode = 'wait'): void {
    const intent = {
      intent_id: id,
      from_agent: 'client/a',
      to_agent: 'worker',
      intent_type: 'alert',
      context: {},
      constraints: {},
      success_criteria: {},
      timestamp: toIso(this.clock.now()),
      parent_intent_id: null,
    };
    const outgoing: Outgoing = { intent, to: 'worker', lane: 'i' };
    this.#sender
      .send(outgoing, { mode, deadlineMs }, () => undefined)
      .then(
        () => this.told.push(`${id} stored`),
        (error: unknown) => this.told.push(`${id} ${codeOf(error)}`),
      );
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.clock.advance(10);
      await turn();
    }
  }
}

describe('a send at its deadline', () => {
  it.each([
    ['closed', 'PARLEY_MAILBOX_FULL'],
    ['full', 'PARLEY_STORE_FULL'],
  ] as const)('A send is rejected at its deadline while its receiver or the store is %s', async (state, code) => {
    const bench = new Bench();
    bench.closed = state;
    bench.send('m1', 200);
    bench.send('m2', 700);
    await bench.pass(210);
    expect(bench.told).toEqual([`m1 ${code}`]);
    await bench.pass(500);
    expect(bench.told).toEqual([`m1 ${code}`, `m2 ${code}`]);
  });

  it('A send is rejected at its deadline while an earlier one of its lane waits longer', async () => {
    const bench = new Bench();
    bench.closed = 'full';
    bench.send('m1', 30_000);
    await bench.pass(10);
    bench.closed = undefined;
    bench.send('m2', 200);
    await bench.pass(210);
    expect(bench.told).toEqual(['m2 PARLEY_SEND_TIMEOUT']);
  });

  it('A send is rejected at its deadline while the mailbox of an earlier one is looked up', async () => {
    const bench = new Bench();
    bench.locate = () => new Promise(() => undefined);
    bench.send('m1', 30_000);
    bench.locate = () => place;
    bench.send('m2', 200);
    await bench.pass(210);
    expect(bench.told).toEqual(['m2 PARLEY_SEND_TIMEOUT']);
  });
});

it('An expired send does not let later sends overtake earlier ones', async () => {
  const bench = new Bench();
  let found: (at: typeof place) => void = () => undefined;
  bench.locate = () => new Promise((resolve) => (found = resolve));
  bench.send('m1', 30_000);
  bench.locate = () => place;
  bench.send('m2', 200);
  bench.send('m3', 30_000);
  await bench.pass(300);
  bench.send('m4', 30_000);
  await bench.pass(300);
  expect([bench.told, bench.store.published]).toEqual([['m2 PARLEY_SEND_TIMEOUT'], []]);
  found(place);
  await bench.pass(10);
  for (const _one of ['m1', 'm3', 'm4']) {
    bench.store.store(bench.store.inFlight[0] ?? '');
    await turn();
  }
  expect(bench.told).toEqual(['m2 PARLEY_SEND_TIMEOUT', 'm1 stored', 'm3 stored', 'm4 stored']);
});

describe('a send and its publish', () => {
  const inFlight = (bench: Bench): string => {
    const [id] = bench.store.inFlight;
    if (id === undefined) throw new Error('nothing is in flight');
    return id;
  };

  it.each([
    ['is rejected for good', { kind: 'rejected', code: 0, reason: 'too large' }, 'PARLEY_SEND_REJECTED'],
    ['finds a full mailbox', { kind: 'mailbox_full' }, 'PARLEY_MAILBOX_FULL'],
    ['finds a full store', { kind: 'store_full' }, 'PARLEY_STORE_FULL'],
  ] as const)('A send whose publish %s rejects with its typed error', async (_what, outcome, code) => {
    const bench = new Bench();
    bench.send('m1', 1_000, 'reject');
    await bench.pass(10);
    bench.store.say(inFlight(bench), outcome);
    await bench.pass(10);
    expect(bench.told).toEqual([`m1 ${code}`]);
  });

  it('A send whose publish is not answered rejects as uncertain at its deadline', async () => {
    const bench = new Bench();
    bench.send('m1', 200);
    await bench.pass(210);
    expect(bench.told).toEqual(['m1 PARLEY_SEND_OUTCOME_UNKNOWN']);
  });

  it('A send in mode drop to a full mailbox resolves', async () => {
    const bench = new Bench();
    bench.send('m1', 1_000, 'drop');
    await bench.pass(10);
    bench.store.full(inFlight(bench));
    await bench.pass(10);
    expect(bench.told).toEqual(['m1 stored']);
  });
});
