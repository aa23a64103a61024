/** A node's options, checked at construction. */
import { bucketRules, retryRules } from '../actor/agent-options.ts';
import type { AppMemory } from '../actor/contexts/ports.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkKind, checkMesh } from '../core/ids.ts';
import type { RetryRule } from '../core/intent-schema.ts';
import { isObject } from '../core/json.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import {
  checkClock,
  checkLog,
  checkMethods,
  checkOptions,
  choiceOf,
  compileOptions,
  namesOf,
  needText,
  whole,
  yesOrNo,
} from '../core/options.ts';
import { type Random, systemRandom } from '../core/random.ts';
import type { Tracing } from '../core/tracing.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import { type ActOptions, checkActOptions } from '../policy/act-options.ts';
import { otelTracing } from '../telemetry/otel-tracing.ts';
import type { Transport } from '../transport/index.ts';
import { type App, type CompiledApp, compileApp } from './app.ts';
import { defaultDataDir } from './data-folder.ts';
import { limitRules, type NodeLimits } from './node-limits.ts';
import { type NodeObserver, Observers } from './observer.ts';
import { checkMemory } from './services.ts';
import { standardErrorLog } from './standard-error-log.ts';

export interface NodeOptions {
  /** Connected to the same mesh. The node does not close it: it belongs to its creator. */
  readonly transport: Transport;
  readonly mesh: string;
  /** The pool's partitions, fixed when the pool is created; omit it to use the existing number. */
  readonly partitions?: number;
  /** Egress bucket of every sending agent; `off` for none. */
  readonly egress?: BucketRule | 'off';
  /** Intake buckets by kind, in place of those in the agents' definitions. */
  readonly intake?: Readonly<Record<string, BucketRule>>;
  /**
   * `wait` (default): `startNode` resolves when the node serves, and rejects when it cannot. `background`: it resolves at once
   * and keeps trying; `node.health` reports its progress.
   */
  readonly start?: 'wait' | 'background';
  /** Keeps finished intents in the mesh's archive, the newest 256 MiB for 30 days; `false` saves a fifth of the node's time. */
  readonly archive?: boolean;
  /**
   * The reaction to an error that an agent throws outside of code that the runtime awaits: `fail_agent` (default) fails that
   * agent, `crash` leaves it to the process. An error that belongs to no agent always ends the process.
   */
  readonly strayErrors?: 'fail_agent' | 'crash';
  readonly limits?: Partial<NodeLimits>;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Default: warnings and errors as lines on standard error. */
  readonly log?: Logger | 'silent';
  readonly observer?: NodeObserver;
  /** Default: `@opentelemetry/api`, which does nothing until an SDK is registered in the process, before the node starts. */
  readonly tracing?: Tracing;
  /** In place of what `services` of the app returns, such as a fake in a test: what its agents act with (`ctx.act`). */
  readonly actions?: ActOptions;
  /** The same for memories: each that is given here is used. */
  readonly memory?: AppMemory;
  /**
   * The same for `ctx.services`: each that is given here is used. With `actions`, `memory` and `services` nothing is left for the
   * app to open: its `services` is not called.
   */
  readonly services?: object;
  /** `dataDir` of the services' environment; `.parley/data` by default. */
  readonly dataDir?: string;
  /** Gives up the start when it is aborted; later on it stops the node at once. */
  readonly signal?: AbortSignal;
}

/** Enough for any agent that thinks, far below one that loops. */
const defaultEgress: BucketRule = Object.freeze({ ratePerSecond: 1_000, burst: 2_000 });

export interface CompiledNode extends CompiledApp {
  readonly transport: Transport;
  readonly mesh: string;
  readonly partitions: number | undefined;
  readonly egress: BucketRule | undefined;
  readonly intake: ReadonlyMap<string, BucketRule>;
  readonly limits: NodeLimits;
  /** The limits that were given: an existing pool must have exactly these. */
  readonly givenLimits: ReadonlySet<keyof NodeLimits>;
  readonly retry: RetryRule;
  readonly inBackground: boolean;
  readonly strayErrors: 'fail_agent' | 'crash';
  readonly archive: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly observers: Observers;
  readonly tracing: Tracing;
  readonly actions: ActOptions | undefined;
  readonly memory: AppMemory;
  readonly services: object;
  /** Actions, memory and services are all given: the app opens nothing. */
  readonly opensNothing: boolean;
  readonly dataDir: string;
  readonly signal: AbortSignal | undefined;
}

const optionNames = namesOf<NodeOptions>({
  transport: true,
  mesh: true,
  partitions: true,
  egress: true,
  intake: true,
  start: true,
  archive: true,
  strayErrors: true,
  limits: true,
  clock: true,
  random: true,
  log: true,
  observer: true,
  tracing: true,
  actions: true,
  memory: true,
  services: true,
  dataDir: true,
  signal: true,
});

/** @throws InvalidOptionError, InvalidIdError */
export function compileNode(app: App, given: NodeOptions): CompiledNode {
  const compiled = compileApp(app);
  checkOptions('startNode', given, optionNames);
  checkPorts(given);
  const { partitions, egress = defaultEgress, limits: givenLimits = {} } = given;
  const log = loggerOf(given.log);
  if (partitions !== undefined && !whole(1, 1, 1_024, '').holds(partitions)) {
    throw new InvalidOptionError('partitions', 'a whole number from 1 to 1024', partitions);
  }
  const limits = compileOptions('limits', limitRules, givenLimits);
  return Object.freeze({
    transport: given.transport,
    mesh: meshOf(given),
    ...compiled,
    partitions,
    egress: egress === 'off' ? undefined : bucket('egress', egress),
    intake: intakeOf(given.intake),
    limits,
    givenLimits: new Set(namesGiven(givenLimits)),
    archive: yesOrNo('archive', given.archive, true),
    inBackground: choiceOf('start', given.start, ['wait', 'background']) === 'background',
    strayErrors: choiceOf('strayErrors', given.strayErrors, ['fail_agent', 'crash']),
    retry: compileOptions('limits', retryRules, { attempts: limits.attempts }),
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
    log,
    observers: observersOf(given.observer, log),
    tracing: given.tracing ?? otelTracing,
    actions: given.actions === undefined ? undefined : checkActOptions('actions', given.actions),
    memory: checkMemory('memory', given.memory),
    services: given.services ?? {},
    opensNothing: [given.actions, given.memory, given.services].every((part) => part !== undefined),
    dataDir: given.dataDir ?? defaultDataDir,
    signal: given.signal,
  });
}

/** Objects that the node calls: one without its methods would be noticed much later. */
function checkPorts({ transport, clock, random, log, tracing, services, dataDir = defaultDataDir }: NodeOptions): void {
  needText('dataDir', dataDir);
  if (!isObject(transport) || typeof transport.onStatus !== 'function') {
    throw new InvalidOptionError('transport', 'connected: await connectJetStream({ mesh, url })', transport);
  }
  checkClock(clock);
  checkMethods('random', random, ['next', 'bits32']);
  if (log !== 'silent') checkLog(log);
  if (services !== undefined && !isObject(services)) throw new InvalidOptionError('services', 'an object', services);
  checkMethods('tracing', tracing, ['send', 'handle', 'arrive', 'traceId', 'part']);
}

const loggerOf = (given: NodeOptions['log']): Logger =>
  given === 'silent' ? silentLogger : (given ?? standardErrorLog());

function intakeOf(given: NodeOptions['intake'] = {}): ReadonlyMap<string, BucketRule> {
  if (!isObject(given)) throw new InvalidOptionError('intake', 'an object: buckets by kind', given);
  return new Map(Object.entries(given).map(([kind, rule]) => [checkKind(kind), bucket(`intake.${kind}`, rule)]));
}

const namesGiven = (limits: Partial<NodeLimits>): (keyof NodeLimits)[] =>
  (Object.keys(limits) as (keyof NodeLimits)[]).filter((name) => limits[name] !== undefined);

/**
 * Returns the mesh. A node with its agents' mailboxes in one mesh and their records in another would lose both. @throws
 * InvalidOptionError
 */
function meshOf({ mesh, transport }: NodeOptions): string {
  const checked = checkMesh(mesh);
  if (transport.mesh !== checked) {
    throw new InvalidOptionError('mesh', `"${transport.mesh}", the mesh that its transport was connected to`, mesh);
  }
  return checked;
}

function observersOf(observer: NodeObserver | undefined, log: Logger): Observers {
  const observers = new Observers(log);
  if (observer !== undefined) observers.add(observer);
  return observers;
}

const bucket = (where: string, rule: BucketRule): BucketRule => compileOptions(where, bucketRules, rule);
