/**
 * A mesh in memory for tests of agents: the real runtime on the simulated store, on a clock that the test drives. It needs no server
 * and never really waits: an hour passes in a moment, and equal seeds give equal runs.
 *
 * Time moves only in `settled`, `advance`, `tell` and `ask`. Agents may wait only for things of their own or of the mesh (timers,
 * asks, promises of the test). A real socket or `setTimeout` takes no simulated time, so the mesh does not wait for it.
 */

import type { AnyAgent } from '../actor/define-agent.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Escalation } from '../core/escalation.ts';
import type { Intent, IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { silentLogger } from '../core/logger.ts';
import { ManualClock } from '../core/manual-clock.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { seededRandom } from '../core/random.ts';
import type { Ticket } from '../core/ticket.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../core/typed-intents.ts';
import type { AskOptions } from '../messaging/speech.ts';
import type { App } from '../node/app.ts';
import { type Node, startNode } from '../node/node.ts';
import type { TellOptions } from '../node/node-calls.ts';
import type { NodeOptions } from '../node/node-options.ts';
import { Observers } from '../node/observer.ts';
import {
  driveFor,
  driveTo,
  FaultPlan,
  type FaultSettings,
  ProcessClock,
  SimulatedBroker,
  SimulatedTransport,
} from '../transport/simulated/index.ts';
import { type DeadIntent, readDead, readDecision, readEscalation } from './records.ts';

export interface TestMeshOptions {
  /** The seed of ids, jitter and faults. */
  readonly seed?: number;
  /** The start time of the clock, milliseconds since 1970. */
  readonly startAt?: number;
  /** Faults of the store, as probabilities; none by default. */
  readonly faults?: Partial<FaultSettings>;
  /**
   * Anything else a node takes. The egress bucket is off by default.
   */
  readonly node?: Partial<Omit<NodeOptions, 'transport' | 'mesh' | 'clock' | 'random'>>;
}

export class TestMesh implements AsyncDisposable {
  readonly node: Node;
  readonly #clock: ManualClock;
  readonly #broker: SimulatedBroker;
  readonly #sent: Intent[];
  readonly #handled: Intent[];

  /** @see testMesh */
  constructor(node: Node, clock: ManualClock, broker: SimulatedBroker, sent: Intent[], handled: Intent[]) {
    this.node = node;
    this.#clock = clock;
    this.#broker = broker;
    this.#sent = sent;
    this.#handled = handled;
  }

  /** All intents that were sent and stored, replies included, in order. */
  get sent(): readonly Intent[] {
    return this.#sent;
  }

  /** All intents that were handled successfully, in order. */
  get handled(): readonly Intent[] {
    return this.#handled;
  }

  get dead(): readonly DeadIntent[] {
    return this.#broker.log('dead').all.map(readDead);
  }

  get escalations(): readonly Escalation[] {
    return this.#broker.log('escalations').all.map(readEscalation);
  }

  /** The decisions of policy, in the shape of OPA's decision log. */
  get decisions(): readonly JsonObject[] {
    return this.#broker.log('decisions').all.map(readDecision);
  }

  /** Milliseconds since 1970, by the clock of the mesh. */
  get now(): number {
    return this.#clock.now();
  }

  /** Sends from outside any agent; resolves when the intent is stored. Use `settled` to wait until it is handled. */
  tell<const I extends IntentSchemas>(
    to: AgentRef<I>,
    draft: DraftOf<I>,
    options?: TellOptions,
  ): Promise<Ticket | undefined>;
  tell(to: string, draft: IntentDraft, options?: TellOptions): Promise<Ticket | undefined>;
  tell(to: string | AgentRef, draft: unknown, options?: TellOptions): Promise<Ticket | undefined> {
    return this.drive(this.node.tell(to as string, draft as IntentDraft, options), 'a send');
  }

  /** Asks from outside any agent. */
  ask<const I extends IntentSchemas, T extends TypeOf<I>>(
    to: AgentRef<I>,
    draft: DraftOf<I, T>,
    options?: AskOptions,
  ): Promise<ReplyOf<I, T>>;
  ask(to: string, draft: IntentDraft, options?: AskOptions): Promise<Json>;
  ask(to: string | AgentRef, draft: unknown, options?: AskOptions): Promise<unknown> {
    return this.drive(this.node.ask(to as string, draft as IntentDraft, options), 'a reply');
  }

  /**
   * Lets time pass until every intent is handled or dead-lettered.
   * @throws SimulationStuckError when that takes more than ten minutes of simulated time; it names the pending work
   */
  settled(): Promise<void> {
    return this.drive(this.node.whenIdle(), 'the mesh to settle');
  }

  /** Lets this many milliseconds pass, with everything that happens in them. */
  advance(ms: number): Promise<void> {
    return driveFor(this.#driven, ms);
  }

  /** Lets time pass until the promise settles; settles with the same result. */
  drive<T>(promise: Promise<T>, what: string = 'a promise'): Promise<T> {
    return driveTo(this.#driven, what, promise, longestMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drive(this.node.stop(), 'the node to stop');
  }

  get #driven(): { readonly clock: ManualClock; pending(): readonly string[] } {
    return { clock: this.#clock, pending: () => this.#broker.pending() };
  }
}

const longestMs = 600_000;
const startWithServices =
  'the node to start (a service that waits for a file, a socket or a thread takes no simulated time: open it before the mesh, and ' +
  'give it in "node: { actions, memory, services }", or return it from "services" without waiting)';
const mesh = 'test';

const optionNames = namesOf<TestMeshOptions>({ seed: true, startAt: true, faults: true, node: true });
const nodeNames = namesOf<NonNullable<TestMeshOptions['node']>>({
  partitions: true,
  egress: true,
  intake: true,
  start: true,
  archive: true,
  strayErrors: true,
  limits: true,
  log: true,
  observer: true,
  tracing: true,
  actions: true,
  memory: true,
  services: true,
  dataDir: true,
  signal: true,
});

/**
 * Starts these agents on one node, or an app with its services. Replace services by fakes with `node: { services, memory, actions }`.
 * @throws InvalidOptionError, InvalidIdError, ServicesError
 */
export async function testMesh(given: App | readonly AnyAgent[], options: TestMeshOptions = {}): Promise<TestMesh> {
  checkOptions('testMesh', options, optionNames);
  const app = (isObject(given) ? given : { agents: given }) as App;
  const { seed = 1, startAt, faults = {}, node: settings = {} } = options;
  if (typeof seed !== 'number') throw new InvalidOptionError('testMesh.seed', 'a number', seed);
  checkOptions('testMesh.node', settings, nodeNames);
  const clock = new ManualClock(startAt);
  const broker = new SimulatedBroker({ mesh, clock, faults: new FaultPlan(seededRandom(seed), faults) });
  const own = new ProcessClock(clock);
  const transport = new SimulatedTransport(broker, own);
  const random = seededRandom(seed + 1);
  const [sent, handled]: [Intent[], Intent[]] = [[], []];
  // several observers, each called on its own object: an instance of a class keeps its methods
  const { log = 'silent' } = settings;
  const observers = new Observers(log === 'silent' ? silentLogger : log);
  observers.add({
    sent: (intent) => void sent.push(intent),
    handled: (_agent, intent) => void handled.push(intent),
  });
  if (settings.observer !== undefined) observers.add(settings.observer);
  const starting = startNode(app, {
    egress: 'off',
    ...settings,
    log,
    transport,
    mesh,
    clock: own,
    random,
    observer: observers.events,
  });
  const what = app.services === undefined ? 'the node to start' : startWithServices;
  const node = await driveTo({ clock, pending: () => broker.pending() }, what, starting);
  return new TestMesh(node, clock, broker, sent, handled);
}
