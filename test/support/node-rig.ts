/** Complete nodes on the simulated store: a mesh in one process, on one clock. */
import type { HandlingContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { type Clock, toIso } from '../../runtime/core/clock.ts';
import type { Escalation } from '../../runtime/core/escalation.ts';
import { parseAgentId } from '../../runtime/core/ids.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import { encodeIntent } from '../../runtime/core/intent-codec.ts';
import type { IntentSchemas } from '../../runtime/core/intent-schema.ts';
import { partitionOf } from '../../runtime/core/partition.ts';
import { seededRandom } from '../../runtime/core/random.ts';
import { type LaneClass, mailboxSubject } from '../../runtime/core/subjects.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import type { NodeOptions } from '../../runtime/node/node-options.ts';
import { PoolRig, type Process } from './pool-rig.ts';

const partitions = 2;

/** A short definition of an agent: `at_least_once`, one function for all intents. */
export interface LooseAgent {
  readonly kind: string;
  readonly intents: IntentSchemas;
  receive(intent: Intent, ctx: HandlingContext): Promise<void> | void;
}

export interface NodeRigOptions extends Partial<NodeOptions> {
  readonly agents?: readonly (Agent | LooseAgent)[];
  readonly pool?: string;
  /** How far its wall clock is ahead of the store's, milliseconds. */
  readonly skewMs?: number;
}

const asAgent = (given: Agent | LooseAgent): Agent =>
  'compiled' in given
    ? given
    : defineAgent({
        kind: given.kind,
        delivery: 'at_least_once',
        intents: given.intents,
        receive: (intent, ctx) => given.receive(intent, ctx as HandlingContext),
      });

/** Combines a wrong wall clock with a correct monotonic one. */
const skewed = (clock: Clock, ms: number): Clock => ({
  now: () => clock.now() + ms,
  monotonic: () => clock.monotonic(),
  after: (delay, run) => clock.after(delay, run),
});

export interface StartedNode {
  readonly node: Node;
  readonly process: Process;
}

/** The content of the dead-letter stream for an intent. */
export interface Letter {
  readonly reason: string;
  readonly attempts: number;
  readonly errors: readonly string[];
  readonly subject: string;
  readonly payload: string;
}

export class NodeRig extends PoolRig {
  #seed = 0;

  /** Starts a node in a simulated process of its own. */
  async start({
    agents = [],
    skewMs = 0,
    pool = 'main',
    clock: own,
    ...options
  }: NodeRigOptions): Promise<StartedNode> {
    const process = this.process();
    const { transport } = process;
    const clock = own ?? (skewMs === 0 ? process.clock : skewed(process.clock, skewMs));
    const given = { mesh: 'sim', partitions, random: seededRandom(++this.#seed), log: this.log, ...options };
    const app = { agents: agents.map(asAgent), pool };
    return { node: await this.wait(startNode(app, { ...given, clock, transport }), 'a node'), process };
  }

  /** Puts raw bytes into the mailbox of an agent, as a foreign client would. */
  inject(from: string, to: string, payload: Uint8Array, lane: LaneClass = 'i'): void {
    const [sender, receiver] = [parseAgentId(from), parseAgentId(to)];
    const at = { pool: 'main', partition: partitionOf(to, partitions), to: receiver, from: sender, lane };
    const subject = mailboxSubject('sim', at);
    const outcome = this.broker.publish({ pool: 'main', subject, messageId: `s${this.#seed++}`, payload });
    if (outcome.kind !== 'stored') throw new Error(`the store says "${outcome.kind}" to ${subject}`);
  }

  /** Returns a valid intent of a foreign client. */
  intent(from: string, to: string, more: Partial<Intent> = {}): Uint8Array {
    return encodeIntent({
      intent_id: `i${this.#seed++}`,
      from_agent: from,
      to_agent: to,
      intent_type: 'alert',
      context: {},
      constraints: {},
      success_criteria: {},
      timestamp: toIso(this.clock.now()),
      parent_intent_id: null,
      ...more,
    });
  }

  get letters(): readonly Letter[] {
    return this.broker
      .log('dead')
      .all.map(({ payload }) => JSON.parse(Buffer.from(payload).toString('utf8')) as Letter);
  }

  get escalations(): readonly Escalation[] {
    return this.broker
      .log('escalations')
      .all.map(({ payload }) => JSON.parse(Buffer.from(payload).toString('utf8')) as Escalation);
  }

  quiet(node: Node): Promise<void> {
    return this.wait(node.whenIdle(), 'quiet');
  }
}
