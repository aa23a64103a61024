/** The port of a policy engine. Rules contribute; the engine combines their contributions into one decision. */
import type { Decision } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export type { Contribution, Decision, Effect, Strategy } from '../core/acting.ts';

/** The input of every rule; `policies/README` describes each field. */
export interface ActionInput extends JsonObject {
  readonly action: string;
  readonly agent_id: string;
  readonly on_behalf_of?: string;
  readonly resource: string;
}

export interface PolicyEngine {
  /** SHA-256 of the bundle with its data. */
  readonly bundle: string;
  /** Why its latest evaluation was broken off, if it was: the health of the node is degraded with that reason. */
  readonly obstacle?: string | undefined;
  /**
   * Answers synchronously, without throwing: an input that cannot be decided is denied, with the reason. The answer is plain JSON.
   * The runtime reads it once, checks, copies and freezes it. An answer that is not a decision is a denial.
   */
  decide(input: unknown): Decision;
}
