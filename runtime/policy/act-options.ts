/** What a node's agents act with: policy, traces, an approver, and what executes. */
import type { Json, JsonObject } from '../core/json.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import type { Approver } from './approver.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** What an actuator is told beside the arguments, which are frozen. */
export interface Execution {
  /** The same for every attempt at one act: whoever executes applies it once. */
  readonly key: string;
  readonly resource: string;
  /** Who acts. */
  readonly agent: string;
  /** Who sent the intent that it acts for. */
  readonly on_behalf_of: string;
  /** SHA-256 of name, resource and arguments as canonical JSON (RFC 8785): what was decided on. */
  readonly action_hash: string;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

export type Actuator = (args: JsonObject, execution: Execution) => Json | Promise<Json>;

/** What a node's agents act with. */
export interface ActOptions {
  /** Without one every act is denied. */
  readonly policy?: PolicyEngine;
  /** Without one every act is refused: nobody could ever say why it was done. */
  readonly traces?: TraceStore;
  /** Without one whatever needs an approval is denied. */
  readonly approver?: Approver;
  /** By the action's name. */
  readonly actuators: Readonly<Record<string, Actuator>>;
}
