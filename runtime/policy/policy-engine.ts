/** Decides whether an action may be done. Rules contribute; one decision is drawn from what they say. */
import type { Decision } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export type { Contribution, Decision, Effect, Strategy } from '../core/acting.ts';

/** The input of every rule: `policies/README` says what each field means. */
export interface ActionInput extends JsonObject {
  readonly action: string;
  readonly agent_id: string;
  readonly on_behalf_of?: string;
  readonly resource: string;
}

export interface PolicyEngine {
  /** SHA-256 of the bundle and of its data. */
  readonly bundle: string;
  /**
   * Answers at once, and does not throw: what cannot be decided is denied, with the reason. The answer is plain JSON: it is read
   * once, checked, copied and frozen, and one that is no decision is a denial.
   */
  decide(input: unknown): Decision;
}
