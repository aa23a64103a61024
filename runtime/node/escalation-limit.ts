/**
 * Limits how many escalations one agent, or one kind, stores: an agent that escalates in a loop must not evict those of
 * another. Further ones are counted, then reported in one record at the end of the window. Decisions only: no I/O.
 */
import type { EscalationReason } from '../core/escalation.ts';
import { parseAgentId } from '../core/ids.ts';

export interface EscalationLimits {
  /** Limit of one agent within the window; the rest is counted. */
  readonly perAgent: number;
  /** Limit of all agents of a kind within the window. */
  readonly perKind: number;
  readonly windowMs: number;
}

/** Each escalation may be about another intent: a busy hour is stored completely, a loop is not. */
export const escalationLimits: EscalationLimits = Object.freeze({ perAgent: 100, perKind: 1_000, windowMs: 60_000 });

/** A finished window with escalations that were only counted. */
export interface CountedCalls {
  /** `kind`, for escalations of more agents than a kind may store; or `kind/key`. */
  readonly of: string;
  readonly reason: EscalationReason;
  readonly count: number;
}

interface Window {
  readonly of: string;
  readonly reason: EscalationReason;
  readonly until: number;
  stored: number;
  counted: number;
}

export class EscalationLimit {
  readonly #limits: EscalationLimits;
  readonly #agents = new Map<string, Window>();
  readonly #kinds = new Map<string, Window>();

  constructor(limits: EscalationLimits) {
    this.#limits = limits;
  }

  /**
   * Admits or counts an escalation. Limits are per reason: an agent that escalates in a loop still has its restart limit
   * stored.
   * @param now monotonic
   * @returns whether to store it; otherwise it is counted
   */
  admit(agent: string, reason: EscalationReason, now: number): boolean {
    const ofAgent = this.#window(this.#agents, agent, reason, now);
    const ofKind = this.#window(this.#kinds, parseAgentId(agent).kind, reason, now);
    if (ofAgent.stored >= this.#limits.perAgent) {
      ofAgent.counted++;
      return false;
    }
    if (ofKind.stored >= this.#limits.perKind) {
      ofKind.counted++;
      return false;
    }
    ofAgent.stored++;
    ofKind.stored++;
    return true;
  }

  /** Ends the windows that are over. @returns those with counted escalations */
  ended(now: number): readonly CountedCalls[] {
    const counted: CountedCalls[] = [];
    for (const windows of [this.#agents, this.#kinds]) {
      for (const [name, { until, of, reason, counted: count }] of windows) {
        if (now < until) continue;
        windows.delete(name);
        if (count > 0) counted.push({ of, reason, count });
      }
    }
    return counted;
  }

  /** Is any window open? */
  get isOpen(): boolean {
    return this.#agents.size > 0;
  }

  #window(windows: Map<string, Window>, of: string, reason: EscalationReason, now: number): Window {
    const name = `${of} ${reason}`;
    const found = windows.get(name);
    if (found !== undefined) return found;
    const window: Window = { of, reason, until: now + this.#limits.windowMs, stored: 0, counted: 0 };
    windows.set(name, window);
    return window;
  }
}
