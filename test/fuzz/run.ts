/** Runs the fuzzer once: doors of a node one after another, those of functions beside them, then the final checks. */
import { reasonOf } from '../../runtime/core/errors.ts';
import { below, seededRandom } from '../../runtime/core/random.ts';
import { startTestServer } from '../support/nats-server.ts';
import { type Door, type DoorName, threadDoors, type WireDoorName, wireDoors } from './door.ts';
import { checkHandled } from './doors/canary.ts';
import { httpDoor } from './doors/http.ts';
import { keyDoor } from './doors/keys.ts';
import { mailboxDoor } from './doors/mailbox.ts';
import { natsDoor } from './doors/nats.ts';
import { ticketDoor } from './doors/tickets.ts';
import type { FuzzOptions } from './fuzz-options.ts';
import { finalFaults } from './node/final-checks.ts';
import { FuzzedNode } from './node/fuzzed-node.ts';
import { Ledger } from './node/ledger.ts';
import { type DoorFigures, type DoorPlan, runDoor } from './run-door.ts';
import { runInThread } from './run-thread.ts';
import { NatsSpeaker } from './wire/nats-speaker.ts';

export interface FuzzResult {
  readonly doors: ReadonlyMap<DoorName, DoorFigures>;
  /** Of the node, after all of its doors. */
  readonly faults: readonly string[];
}

export interface RunPlace {
  readonly folder: string;
  readonly say: (line: string) => void;
}

type Found = (name: DoorName, figures: DoorFigures) => void;

export async function runFuzz(options: FuzzOptions, place: RunPlace): Promise<FuzzResult> {
  const doors = new Map<DoorName, DoorFigures>();
  const until = performance.now() + options.minutes * 60_000;
  const found: Found = (name, figures) => {
    doors.set(name, figures);
    place.say(progress(name, figures));
  };
  const [faults] = await Promise.all([
    throughWires(options, place, until, found),
    throughThreads(options, place, until, found),
  ]);
  const inOrder = new Map(options.doors.flatMap((name) => [...doors].filter(([other]) => other === name)));
  return { doors: inOrder, faults };
}

async function throughThreads(options: FuzzOptions, { folder }: RunPlace, until: number, found: Found): Promise<void> {
  const names = threadDoors.filter((name) => options.doors.includes(name));
  for (const [n, name] of names.entries()) {
    found(name, await runInThread(name, folder, planFor(options, name, until, names.length - n)));
  }
}

async function throughWires(
  options: FuzzOptions,
  { folder }: RunPlace,
  until: number,
  found: Found,
): Promise<readonly string[]> {
  const names = wireDoors.filter((name) => options.doors.includes(name));
  if (names.length === 0) return [];
  await using nats = await startTestServer();
  await using node = new FuzzedNode({ url: nats.url, folder });
  using speaker = new NatsSpeaker(Number(new URL(nats.url).port));
  const ledger = new Ledger();
  const checkAlive = (): Promise<void> => checkHandled(node, ledger);
  const renew = (): Promise<void> => node[Symbol.asyncDispose]();
  const { heapUsed, external } = await (await node.ready()).reading();
  for (const [n, name] of names.entries()) {
    const plan = planFor(options, name, until, names.length - n);
    found(name, await runDoor(await openDoor(name, node, speaker, ledger), { ...plan, checkAlive, renew }));
  }
  try {
    return await finalFaults(nats.url, await node.ready(), ledger, heapUsed + external);
  } catch (error) {
    return [`it could not be looked at in the end: ${reasonOf(error)}`];
  }
}

async function openDoor(name: WireDoorName, node: FuzzedNode, speaker: NatsSpeaker, ledger: Ledger): Promise<Door> {
  switch (name) {
    case 'http':
      return httpDoor(node, ledger);
    case 'nats':
      return natsDoor(node, speaker, ledger);
    case 'mailbox':
      return mailboxDoor(node, speaker, ledger);
    case 'tickets':
      return ticketDoor(node, ledger);
    case 'keys':
      return keyDoor(node, ledger);
    default:
      return name satisfies never;
  }
}

/** Each door has inputs of its own, and its part of the time that is left. */
function planFor(
  { seed, mutations, randomBytes, given }: FuzzOptions,
  name: DoorName,
  until: number,
  left: number,
): DoorPlan {
  const now = performance.now();
  const own = seededRandom([...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), seed) | 0);
  return { seed: below(own, 2 ** 30), mutations, randomBytes, given, until: now + (until - now) / left };
}

function progress(name: DoorName, { cases, bytes, failure }: DoorFigures): string {
  const end = failure === undefined ? 'nothing found' : failure.reason;
  return `${name}: ${cases} cases with ${bytes} random bytes: ${end}`;
}
