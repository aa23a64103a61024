/** Counts events of the mesh; keeps those that a report needs. */
import type { ActResult } from '../../runtime/core/acting.ts';
import { clientKind, parseAgentId } from '../../runtime/core/ids.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import type { NodeObserver } from '../../runtime/node/observer.ts';
import type { Proposal } from '../protocol/proposal.ts';
import type { ResourceEvents } from '../protocol/services.ts';

export interface DoneAct {
  readonly traceId: string;
  readonly proposal: Proposal;
  readonly by: string;
}

export class Tally implements NodeObserver, ResourceEvents {
  readonly done: DoneAct[] = [];
  /** The reasons of failed handlings; empty when all succeeded. */
  readonly failures: string[] = [];
  #intents = 0;
  #denied = 0;
  #approvals = 0;
  #refusals = 0;
  readonly #answers = new Map<string, number>();

  get counts(): { readonly intents: number; readonly denied: number; readonly approvals: number } {
    return { intents: this.#intents, denied: this.#denied, approvals: this.#approvals };
  }

  /** The number of proposals that were not granted. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Who approved or refused what, with how often. */
  get approvals(): readonly string[] {
    return [...this.#answers].map(([what, count]) => (count === 1 ? what : `${what}, ${count} times`));
  }

  sent(intent: Intent): void {
    if (parseAgentId(intent.from_agent).kind !== clientKind) this.#intents += 1;
  }

  dead(agent: string, intent: Intent | undefined, reason: string): void {
    this.failures.push(`${agent} could not handle ${intent?.intent_type ?? 'a message that is no intent'}: ${reason}`);
  }

  refused(): void {
    this.#refusals += 1;
  }

  acted(_service: string, proposal: Proposal, by: string, result: ActResult): void {
    if (result.status === 'denied') this.#denied += 1;
    else this.done.push({ traceId: result.trace_id, proposal, by });
    const { approval } = result;
    if (approval === undefined) return;
    if (approval.approved) this.#approvals += 1;
    const what = `${approval.approved ? 'approved' : 'refused'} by ${approval.by}: ${proposal.action} of ${proposal.service}`;
    this.#answers.set(what, (this.#answers.get(what) ?? 0) + 1);
  }
}
