/** Parts for tests of acts: a policy with given answers, traces and actuators that remember. */
import type { Decision, Effect, ProposedAction, Rationale } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import type { ActOptions, Execution } from '../../../runtime/index.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import type { NewReasoningTrace, TraceStore } from '../../../runtime/telemetry/reasoning-trace.ts';

export const scale: ProposedAction = {
  name: 'scale_up',
  resource: 'service/checkout',
  arguments: { instances: 4 },
  facts: { estimated_cost: 12 },
};

export const reasons: Rationale = {
  context_retrieved: [{ source: 'observation', id: 'o', text: 'busy' }],
  alternatives_considered: [{ action: 'scale_up' }, { action: 'stay' }],
  decision_rationale: 'it is busy',
  confidence_score: 0.7,
  expected_outcome: { utilization: 0.5 },
};

function decision(effect: Effect, bundle = 'b1'): Decision {
  return {
    effect,
    reason: `rule says ${effect}`,
    contributions: [],
    winners: ['rule'],
    conflict: false,
    strategy: 'deny_overrides',
    bundle,
  };
}

/** A policy that says what it is told to, and whatever acting leaves behind. */
export class Bench {
  readonly inputs: unknown[] = [];
  readonly traces: NewReasoningTrace[] = [];
  readonly done: { readonly args: JsonObject; readonly key: string; readonly resource: string }[] = [];
  readonly order: string[] = [];
  readonly effects: Effect[];
  /** Refusals to come, one for each write. */
  readonly traceFaults: Error[] = [];

  /** @param effects of the decisions, in turn; the last stays */
  constructor(...effects: readonly Effect[]) {
    this.effects = [...effects];
  }

  get options(): ActOptions {
    return {
      policy: this.policy,
      traces: this.store,
      actuators: { scale_up: (args, execution) => this.#scaled(args, execution) },
    };
  }

  get policy(): PolicyEngine {
    return {
      bundle: 'b1',
      decide: (input) => {
        this.inputs.push(input);
        this.order.push('decided');
        return decision((this.effects.length > 1 ? this.effects.shift() : this.effects[0]) ?? 'deny');
      },
    };
  }

  get store(): TraceStore {
    return {
      write: async (trace) => {
        const fault = this.traceFaults.shift();
        if (fault !== undefined) throw fault;
        this.order.push('traced');
        this.traces.push(trace);
      },
      close: async () => true,
      read: async () => undefined,
      list: async () => [],
    };
  }

  #scaled(args: JsonObject, { key, resource }: Execution): { readonly ok: true } {
    this.order.push('done');
    this.done.push({ args, key, resource });
    return { ok: true };
  }
}
