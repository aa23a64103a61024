/** The parts with which a node's agents act: policy, traces, approver, actuators. */
import { InvalidOptionError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { checkMethods, checkOptions, namesOf } from '../core/options.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import type { Approver } from './approver.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** The context that an actuator receives besides the frozen arguments. */
export interface Execution {
  /** The same for every attempt at one act: an actuator applies each key once. */
  readonly key: string;
  readonly resource: string;
  /** The agent that acts. */
  readonly agent: string;
  /** The sender of the intent that the agent acts for. */
  readonly on_behalf_of: string;
  /** SHA-256 of name, resource and arguments as canonical JSON (RFC 8785): the action that was decided on. */
  readonly action_hash: string;
  /** Aborts when the node stops. */
  readonly signal: AbortSignal;
}

export type Actuator = (args: JsonObject, execution: Execution) => Json | Promise<Json>;

/** The parts that the agents of a node need to act. */
export interface ActOptions {
  /** Without a policy every act is denied. */
  readonly policy?: PolicyEngine;
  /** Without a trace store every act is refused: its reasons could never be looked up. */
  readonly traces?: TraceStore;
  /** Without an approver every act that needs an approval is denied. */
  readonly approver?: Approver;
  /** The actuators, by the name of the action. */
  readonly actuators: Readonly<Record<string, Actuator>>;
}

const actNames = namesOf<ActOptions>({ policy: true, traces: true, approver: true, actuators: true });

/** @throws InvalidOptionError */
export function checkActOptions(of: string, given: ActOptions): ActOptions {
  checkOptions(of, given, actNames);
  const { policy, traces, approver, actuators } = given;
  checkMethods(`${of}.policy`, policy, ['decide']);
  checkMethods(`${of}.traces`, traces, ['write']);
  checkMethods(`${of}.approver`, approver, ['ask']);
  if (!isObject(actuators)) throw new InvalidOptionError(`${of}.actuators`, 'an object: functions by name', actuators);
  for (const [name, run] of Object.entries<unknown>(actuators)) {
    if (typeof run !== 'function') throw new InvalidOptionError(`${of}.actuators.${name}`, 'a function', run);
  }
  return given;
}
