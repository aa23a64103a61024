/** The services of an app: the parts with which its agents act or remember. */
import type { AppMemory } from '../actor/contexts/ports.ts';
import type { Clock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import { checkMethods, checkOptions, namesOf } from '../core/options.ts';
import { type ActOptions, type Actuator, checkActOptions } from '../policy/act-options.ts';
import type { Approver } from '../policy/approver.ts';
import type { PolicyEngine } from '../policy/policy-engine.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import type { Transport } from '../transport/index.ts';

/** The argument of an app's `services`. */
export interface ServiceEnv {
  /** What the services are for: the node. Actuators always run there. */
  readonly scope: 'node';
  readonly mesh: string;
  readonly pool: string;
  /** The node's connection: for memories in NATS (`natsSharedMemory(transport.bucket('shared'))`). */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the node stops, also while services are being opened. */
  readonly signal: AbortSignal;
  /** The folder for what is kept on this machine (`startPglite({ dataDir })`): `--data` of a daemon, `dataDir` of `startNode`. */
  readonly dataDir: string;
  /**
   * Closes the part when the node has stopped, in reverse order of these calls, and when opening fails later on. While its
   * `obstacle` is a text, the node's health is degraded with that reason. @returns the part
   */
  use<T extends Part>(part: T): T;
}

/** Something to close. */
export type Part = (AsyncDisposable | Disposable) & {
  /** Its name, for health and logs. */
  readonly describe?: string;
  /** Why it does not work now, as far as is known. */
  readonly obstacle?: string | undefined;
};

interface ServiceParts {
  /** Without a policy every act is denied. */
  readonly policy?: PolicyEngine;
  /** By the name of the action. */
  readonly actuators?: Readonly<Record<string, Actuator>>;
  /** Without an approver every act that needs an approval is denied. */
  readonly approver?: Approver;
  /** Without a trace store every act is refused: its reasons could never be looked up. */
  readonly traces?: TraceStore;
  /** `ctx.working` and `ctx.memory`. */
  readonly memory?: AppMemory;
}

/** What `services` of an app returns. @typeParam V the app's own, as `ctx.services` has them; required where agents need them */
export type NodeServices<V extends object = object> = ServiceParts &
  ([object] extends [V] ? { readonly services?: V } : { readonly services: V });

export type OpenServices<V extends object = object> = (env: ServiceEnv) => NodeServices<V> | Promise<NodeServices<V>>;

const serviceNames = namesOf<NodeServices>({
  policy: true,
  actuators: true,
  approver: true,
  traces: true,
  memory: true,
  services: true,
});
const memoryNames = namesOf<AppMemory>({ working: true, shared: true, episodic: true, semantic: true });

/** @throws InvalidOptionError */
export function checkServices(given: NodeServices): NodeServices {
  checkOptions('services', given, serviceNames);
  checkActOptions('services', actOptionsOf(given));
  checkMemory('services.memory', given.memory);
  const { services } = given;
  if (services !== undefined && !isObject(services))
    throw new InvalidOptionError('services.services', 'an object: services by name', services);
  return given;
}

/** @throws InvalidOptionError */
export function checkMemory(where: string, given: AppMemory = {}): AppMemory {
  checkOptions(where, given, memoryNames);
  checkMethods(`${where}.working`, given.working, ['get', 'set', 'entries', 'delete']);
  checkMethods(`${where}.shared`, given.shared, ['read', 'writeIfVersion', 'removeIfVersion']);
  checkMethods(`${where}.episodic`, given.episodic, ['record', 'close', 'recall']);
  checkMethods(`${where}.semantic`, given.semantic, ['store', 'invalidate', 'search', 'caughtUp']);
  return given;
}

/** The parts with which its agents act. */
export const actOptionsOf = ({ policy, actuators = {}, approver, traces }: NodeServices): ActOptions => ({
  actuators,
  ...(policy === undefined ? {} : { policy }),
  ...(approver === undefined ? {} : { approver }),
  ...(traces === undefined ? {} : { traces }),
});
