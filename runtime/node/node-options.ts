/** A node's options: defaults with their reasons, checked at construction. */
import type { AgentDefinition } from '../actor/agent.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkKind, checkMesh, checkPool, clientKind } from '../core/ids.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import { compileOptions, type OptionRules, quantity, whole } from '../core/options.ts';
import { type Random, systemRandom } from '../core/random.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { Transport } from '../transport/index.ts';
import { guardObserver, type NodeObserver } from './observer.ts';

export interface NodeOptions {
  /** Connected to the same mesh. The node does not close it: it belongs to whoever opened it. */
  readonly transport: Transport;
  readonly mesh: string;
  /** The agents this app serves; with none the node only sends. */
  readonly agents?: readonly AgentDefinition[];
  /** The pool that their mailboxes belong to. */
  readonly pool?: string;
  /** The pool's partitions, fixed when it is made; leave it out to take what is there. */
  readonly partitions?: number;
  /** Egress bucket of every sending agent; `off` for none. */
  readonly egress?: BucketRule | 'off';
  /** Intake buckets by kind. */
  readonly intake?: Readonly<Record<string, BucketRule>>;
  readonly limits?: Partial<NodeLimits>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  readonly observer?: NodeObserver;
}

export interface NodeLimits {
  readonly laneCapacity: number;
  readonly storeBytes: number;
  readonly replicas: number;
  readonly sendDeadlineMs: number;
  readonly sendWindow: number;
  readonly queuedPerLane: number;
  readonly queuedSends: number;
  readonly pullWindow: number;
  readonly maxMemoryBytes: number;
  readonly maxPayloadBytes: number;
  readonly residentPerAgent: number;
  readonly attempts: number;
}

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

const limitRules: OptionRules<NodeLimits> = {
  /** Intents that wait in one lane before its sender is refused. */
  laneCapacity: whole(256, 1, 100_000, 'intents'),
  /** Explicit, so that a full disk is met as a typed refusal, not by the server. */
  storeBytes: whole(2 * GiB, MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  replicas: whole(1, 1, 5, 'servers'),
  /** An election takes 4.5 to 7 s: a send waits through four of them. */
  sendDeadlineMs: whole(30_000, 1, 3_600_000, 'milliseconds'),
  /** Publishes in flight: more starve the consumers of the same server. */
  sendWindow: whole(1024, 1, 16_384, 'publishes'),
  queuedPerLane: whole(1024, 1, 1_000_000, 'sends'),
  queuedSends: whole(65_536, 1, 10_000_000, 'sends'),
  /** Requested per partition before it is known what they are: with 1 MiB payloads still a bounded burst. */
  pullWindow: whole(256, 2, 10_000, 'intents'),
  /** Estimated, of all that waits or is handled: 16 bytes an intent, 1 KiB a lane, payloads. The node pulls no more then. */
  maxMemoryBytes: whole(512 * MiB, 4 * MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  /** Of payloads that wait; the rest is read again from the store. */
  maxPayloadBytes: whole(64 * MiB, MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  residentPerAgent: whole(32, 2, 10_000, 'intents'),
  attempts: whole(3, 1, 1_000, 'attempts'),
};

/** Enough for any agent that thinks, far below one that loops. */
const defaultEgress: BucketRule = Object.freeze({ ratePerSecond: 1_000, burst: 2_000 });

/** Measured: README, "Figures". Bounds the pool's useful number of nodes. */
export const defaultPartitions = 16;

export interface CompiledNode {
  readonly transport: Transport;
  readonly mesh: string;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly pool: string;
  readonly partitions: number | undefined;
  readonly egress: BucketRule | undefined;
  readonly intake: ReadonlyMap<string, BucketRule>;
  readonly limits: NodeLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly observer: Required<NodeObserver>;
}

/** @throws InvalidOptionError, InvalidIdError */
export function compileNode(given: NodeOptions): CompiledNode {
  const intake = Object.entries(given.intake ?? {}).map(([kind, rule]) => {
    return [checkKind(kind), bucket(`intake.${kind}`, rule)] as const;
  });
  const { partitions, log = silentLogger } = given;
  if (partitions !== undefined && !whole(1, 1, 1_024, '').holds(partitions)) {
    throw new InvalidOptionError('partitions', 'a whole number from 1 to 1024', partitions);
  }
  return Object.freeze({
    transport: given.transport,
    mesh: checkMesh(given.mesh),
    agents: agentsByKind(given.agents ?? []),
    pool: checkPool(given.pool ?? 'main'),
    partitions,
    egress: given.egress === 'off' ? undefined : bucket('egress', given.egress ?? defaultEgress),
    intake: new Map(intake),
    limits: compileOptions('limits', limitRules, given.limits ?? {}),
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
    log,
    observer: guardObserver(given.observer ?? {}, log),
  });
}

function agentsByKind(agents: readonly AgentDefinition[]): ReadonlyMap<string, AgentDefinition> {
  const byKind = new Map<string, AgentDefinition>();
  for (const agent of agents) {
    checkKind(agent.kind);
    if (agent.kind === clientKind) {
      throw new InvalidOptionError(
        'agents',
        `of kinds other than "${clientKind}", which is for senders outside`,
        agent.kind,
      );
    }
    if (byKind.has(agent.kind)) throw new InvalidOptionError('agents', 'of different kinds', agent.kind);
    byKind.set(agent.kind, agent);
  }
  return byKind;
}

const bucketRules: OptionRules<BucketRule> = {
  ratePerSecond: quantity(1, 0.001, 10_000_000, 'tokens per second'),
  burst: quantity(1, 1, 10_000_000, 'tokens'),
};

const bucket = (where: string, rule: BucketRule): BucketRule => compileOptions(where, bucketRules, rule);
