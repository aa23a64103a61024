/**
 * A mesh in memory for tests of agents: the real runtime on the simulated store, on a clock that is driven by hand. It needs no
 * server and does not wait: an hour passes in a moment, and the same seed gives the same run.
 *
 * Time moves only in `settled`, `advance`, `tell` and `ask`. What agents wait for must be theirs or the mesh's (timers, asks,
 * promises of the test); a real socket or `setTimeout` takes no simulated time, and is not waited for.
 */

import type { Agent } from '../actor/define-agent.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { Escalation } from '../core/escalation.ts';
import type { Intent, IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { ManualClock } from '../core/manual-clock.ts';
import { seededRandom } from '../core/random.ts';
import type { Ticket } from '../core/ticket.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../core/typed-intents.ts';
import type { AskOptions } from '../messaging/speech.ts';
import { type Node, startNode, type TellOptions } from '../node/node.ts';
import type { NodeOptions } from '../node/node-options.ts';
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
  /** Of ids, jitter and faults. */
  readonly seed?: number;
  /** Where the clock begins, milliseconds since 1970. */
  readonly startAt?: number;
  /** What goes wrong in the store, as probabilities; nothing by default. */
  readonly faults?: Partial<FaultSettings>;
  /** Anything else a node takes. The egress bucket is off by default. */
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

  /** Everything that was sent and stored, replies included, in order. */
  get sent(): readonly Intent[] {
    return this.#sent;
  }

  /** Everything that was handled well, in order. */
  get handled(): readonly Intent[] {
    return this.#handled;
  }

  get dead(): readonly DeadIntent[] {
    return this.#broker.log('dead').all.map(readDead);
  }

  get escalations(): readonly Escalation[] {
    return this.#broker.log('escalations').all.map(readEscalation);
  }

  /** What policy decided, in the shape of OPA's decision log. */
  get decisions(): readonly JsonObject[] {
    return this.#broker.log('decisions').all.map(readDecision);
  }

  /** Milliseconds since 1970, by the mesh's clock. */
  get now(): number {
    return this.#clock.now();
  }

  /** Sends from outside any agent; resolves when it is stored, which is before it is handled: `settled` waits for that. */
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
   * Lets time pass until every intent has been handled or buried.
   * @throws SimulationStuckError when that takes more than ten minutes of the mesh's clock, naming what is on its way
   */
  settled(): Promise<void> {
    return this.drive(this.node.whenIdle(), 'the mesh to settle');
  }

  /** Lets so many milliseconds pass, with everything that happens in them. */
  advance(ms: number): Promise<void> {
    return driveFor(this.#driven, ms);
  }

  /** Lets time pass until the promise is settled, and settles like it. */
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
const mesh = 'test';

/** Starts these agents on one node. @throws InvalidOptionError, InvalidIdError */
export async function testMesh(agents: readonly Agent[], options: TestMeshOptions = {}): Promise<TestMesh> {
  const { seed = 1, startAt, faults = {}, node: given = {} } = options;
  const clock = new ManualClock(startAt);
  const broker = new SimulatedBroker({ mesh, clock, faults: new FaultPlan(seededRandom(seed), faults) });
  const own = new ProcessClock(clock);
  const [sent, handled]: [Intent[], Intent[]] = [[], []];
  const { observer = {} } = given;
  const starting = startNode(
    { agents },
    {
      egress: 'off',
      ...given,
      transport: new SimulatedTransport(broker, own),
      mesh,
      clock: own,
      random: seededRandom(seed + 1),
      observer: {
        ...observer,
        sent: (intent, ticket) => {
          sent.push(intent);
          observer.sent?.(intent, ticket);
        },
        handled: (agent, intent, ms) => {
          handled.push(intent);
          observer.handled?.(agent, intent, ms);
        },
      },
    },
  );
  const node = await driveTo({ clock, pending: () => broker.pending() }, 'the node to start', starting);
  return new TestMesh(node, clock, broker, sent, handled);
}
