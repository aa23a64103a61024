/**
 * A sender and a receiving node on the simulated store, with faults from a seed. Records what was accepted and handled, for the
 * invariants of lanes (`runtime/README.md`, "Invariants" 1, 2 and 4).
 */

import { toIso } from '../../runtime/core/clock.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import { encodeIntent } from '../../runtime/core/intent-codec.ts';
import { ManualClock } from '../../runtime/core/manual-clock.ts';
import { partitionOf } from '../../runtime/core/partition.ts';
import { below, type Random, seededRandom } from '../../runtime/core/random.ts';
import { mailboxSubject } from '../../runtime/core/subjects.ts';
import { LaneSender } from '../../runtime/mailbox/lane-sender.ts';
import { SendOutcomeUnknownError } from '../../runtime/mailbox/mailbox-errors.ts';
import { messageId } from '../../runtime/mailbox/message-id.ts';
import type { SendMode } from '../../runtime/mailbox/sending.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import {
  driveTo,
  FaultPlan,
  type FaultSettings,
  ProcessClock,
  SimulatedBroker,
  SimulatedTransport,
} from '../../runtime/transport/simulated/index.ts';
import { listener } from './agents.ts';

/** Enough faults of each kind that a run of a few dozen intents meets several of each. */
const storm: Partial<FaultSettings> = {
  latencyMinMs: 1,
  latencyMaxMs: 12,
  slow: 0.05,
  slowMs: 300,
  losePublish: 0.05,
  losePublishAnswer: 0.05,
  duplicatePublish: 0.05,
  refusePublish: 0.1,
  loseDelivery: 0.02,
  loseAck: 0.05,
  loseRequest: 0.05,
  disconnect: 0.01,
  outageMaxMs: 1_500,
};

export interface LaneRun {
  /** Per lane, the numbers of intents whose sender received "stored", in call order. */
  readonly confirmed: ReadonlyMap<string, readonly number[]>;
  /** Per lane, the numbers of intents whose sender learned that the outcome is unknown. */
  readonly unknown: ReadonlyMap<string, readonly number[]>;
  /** Per lane, the numbers in the order in which handling started. */
  readonly handled: ReadonlyMap<string, readonly number[]>;
  readonly refusals: number;
  readonly historyHash: string;
}

const partitions = 2;
const laneCapacity = 4;
const lanes: readonly { readonly from: string; readonly to: string }[] = [
  { from: 'a', to: 'x' },
  { from: 'b', to: 'x' },
  { from: 'a', to: 'y' },
  { from: 'b', to: 'y' },
];

/** Runs lanes under faults. @param inFlightPerLane 1 is the rule; other values show why the rule exists */
export async function runLanes(seed: number, intents: number, inFlightPerLane = 1): Promise<LaneRun> {
  const clock = new ManualClock();
  const faults = new FaultPlan(seededRandom(seed));
  const broker = new SimulatedBroker({ mesh: 'sim', clock, faults });
  const random = seededRandom(seed + 1);
  const driven = { clock, pending: () => broker.pending() };
  const handled = new Map<string, number[]>();

  const receiverClock = new ProcessClock(clock);
  const receiver = await driveTo(driven, 'the node', startReceiver(broker, receiverClock, random, handled));
  const senderTransport = new SimulatedTransport(broker, new ProcessClock(clock));
  const sender = new LaneSender(senderTransport, clock, {
    window: 16,
    queuedPerLane: 1_000,
    queued: 10_000,
    dedupeWindowMs: 60_000,
    inFlightPerLane,
  });
  senderTransport.onStatus((status) => {
    if (status === 'connected') sender.retryNow();
  });

  faults.change(storm);
  const told = await driveTo(driven, 'every send', sendAll(sender, clock, random, intents), 600_000);
  faults.heal();
  await driveTo(driven, 'the sender', sender.idle(), 600_000);
  await driveTo(driven, 'the receiver', receiver.whenIdle(), 600_000);
  await driveTo(driven, 'the stop', receiver.stop());
  return { ...told, handled, historyHash: broker.history.hash() };
}

function startReceiver(
  broker: SimulatedBroker,
  clock: ProcessClock,
  random: Random,
  handled: Map<string, number[]>,
): Promise<Node> {
  const receive = (intent: Intent): Promise<void> | undefined => {
    push(handled, `${intent.from_agent}>${intent.to_agent}`, Number(intent.context.n));
    const ms = below(random, 8);
    return ms === 0 ? undefined : new Promise((resolve) => void clock.after(ms, resolve));
  };
  return startNode(
    { agents: [listener('agent', ['investigate'], receive)] },
    {
      transport: new SimulatedTransport(broker, clock),
      mesh: 'sim',
      partitions,
      limits: { laneCapacity, pullWindow: 4, payloadsPerAgent: 2, attempts: 1 },
      clock,
      random,
    },
  );
}

async function sendAll(sender: LaneSender, clock: ManualClock, random: Random, intents: number) {
  const confirmed = new Map<string, number[]>();
  const unknown = new Map<string, number[]>();
  let refusals = 0;
  const sends: Promise<void>[] = [];
  for (let n = 0; n < intents; n++) {
    const lane = lanes[below(random, lanes.length)] ?? { from: 'a', to: 'x' };
    const name = `client/${lane.from}>agent/${lane.to}`;
    const mode: SendMode = random.next() < 0.7 ? 'wait' : 'reject';
    sends.push(
      new Promise((resolve) => {
        sender.send({
          intentId: String(n),
          ...outgoing(lane, n, clock),
          mode,
          giveUpAt: clock.monotonic() + (random.next() < 0.1 ? 200 : 30_000),
          stored: () => resolve(push(confirmed, name, n)),
          dropped: () => resolve(),
          refused: (error) => {
            if (error instanceof SendOutcomeUnknownError) push(unknown, name, n);
            else refusals++;
            resolve();
          },
        });
      }),
    );
    if (random.next() < 0.4) await new Promise<void>((resolve) => void clock.after(below(random, 40), resolve));
  }
  await Promise.all(sends);
  return { confirmed, unknown, refusals };
}

function outgoing(lane: { readonly from: string; readonly to: string }, n: number, clock: ManualClock) {
  const to = { kind: 'agent', key: lane.to };
  const subject = mailboxSubject('sim', {
    pool: 'main',
    partition: partitionOf(`agent/${lane.to}`, partitions),
    to,
    from: { kind: 'client', key: lane.from },
    lane: 'i',
  });
  const intent: Intent = {
    intent_id: `i${n}`,
    from_agent: `client/${lane.from}`,
    to_agent: `agent/${lane.to}`,
    intent_type: 'investigate',
    context: { n },
    constraints: {},
    success_criteria: {},
    timestamp: toIso(clock.now()),
    parent_intent_id: null,
  };
  const id = messageId('salt', {
    from: `client/${lane.from}`,
    to: `agent/${lane.to}`,
    lane: 'i',
    intentId: intent.intent_id,
    redrive: 1,
  });
  return { publication: { pool: 'main', subject, messageId: id, payload: encodeIntent(intent) } };
}

function push(into: Map<string, number[]>, key: string, n: number): void {
  const list = into.get(key) ?? [];
  into.set(key, list);
  list.push(n);
}

/** Returns violations of the lanes' invariants as sentences; empty for a correct run. */
export function brokenInvariants(run: LaneRun): readonly string[] {
  const faults: string[] = [];
  for (const [lane, handled] of run.handled) {
    if (new Set(handled).size !== handled.length) faults.push(`${lane}: handled twice by a living node: ${handled}`);
    if (handled.some((n, i) => n < (handled[i - 1] ?? -1))) faults.push(`${lane}: out of order: ${handled}`);
    const known = new Set([...(run.confirmed.get(lane) ?? []), ...(run.unknown.get(lane) ?? [])]);
    const strangers = handled.filter((n) => !known.has(n));
    if (strangers.length > 0) faults.push(`${lane}: refused, but handled: ${strangers}`);
  }
  for (const [lane, confirmed] of run.confirmed) {
    const handled = new Set(run.handled.get(lane) ?? []);
    const lost = confirmed.filter((n) => !handled.has(n));
    if (lost.length > 0) faults.push(`${lane}: accepted, but never handled: ${lost}`);
  }
  return faults;
}
