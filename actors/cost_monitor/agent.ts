/** Watches a metric, asks for an investigation when it spikes, and judges what is proposed in the end. */
import type { AgentContext, VoiceContext } from '../../runtime/actor/context.ts';
import type { AgentDefinition } from '../../runtime/actor/define-agent.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import type { IntentSchemas } from '../../runtime/core/intent-schema.ts';
import type { Ticket } from '../../runtime/core/ticket.ts';
import type { Sample } from '../metrics/sample.ts';
import { type CompiledCostMonitor, type CostMonitorOptions, costMonitorOptions } from './cost-monitor-options.ts';
import { detect } from './detector.ts';
import { type DetectorState, initialDetectorState, type SpikeEnded } from './detector-state.ts';
import { costMonitorIntents, type Proposal, readProposal } from './intents.ts';
import { investigationOf } from './investigation.ts';
import { type Spike, spikeOf } from './spike.ts';

/** What became of a spike: the proposal, and whether it can be paid. */
export interface Verdict extends Proposal {
  readonly intentId: string;
  readonly withinBudget: boolean;
  readonly budget: number;
}

/** For whoever watches the monitor. Each call is synchronous and must not throw. */
export interface CostMonitorEvents {
  /** Before its intent is sent. */
  spike?(spike: Spike): void;
  spikeEnded?(ended: SpikeEnded): void;
  verdict?(verdict: Verdict): void;
}

/** Verdicts that are kept: enough to look at, bounded for a monitor that runs for years. */
const keptVerdicts = 1_000;

export class CostMonitor implements AgentDefinition {
  readonly kind = 'cost_monitor';
  readonly delivery = 'at_least_once';
  readonly intents: IntentSchemas = costMonitorIntents;
  readonly #options: CompiledCostMonitor;
  readonly #events: CostMonitorEvents;
  readonly #verdicts = new Map<string, Verdict>();
  #state: DetectorState = initialDetectorState;

  constructor(options: CompiledCostMonitor, events: CostMonitorEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** The last ones, oldest first. */
  get verdicts(): readonly Verdict[] {
    return [...this.#verdicts.values()];
  }

  /**
   * Takes the next sample of the metric. The ticket is that of the `investigate` intent, if the sample begins a spike.
   * @throws what `ctx.tell` throws; the spike has been noticed nevertheless, and is not reported again
   */
  async observe(sample: Sample, ctx: VoiceContext): Promise<Ticket | undefined> {
    const { state, event } = detect(this.#state, sample, this.#options.detector);
    this.#state = state;
    if (event === undefined) return undefined;
    if (event.kind === 'ended') {
      this.#events.spikeEnded?.(event);
      return undefined;
    }
    const spike = spikeOf(event);
    this.#events.spike?.(spike);
    ctx.log.info({ service: this.#options.service, increase_pct: spike.increasePct }, 'cost spike');
    return ctx.tell('performance_optimizer', investigationOf(spike, this.#options));
  }

  receive(intent: Intent, ctx: AgentContext): void {
    const { budget } = this.#options;
    const proposal = readProposal(intent);
    const withinBudget = proposal.estimatedCost <= budget;
    const verdict = { ...proposal, intentId: intent.intent_id, withinBudget, budget };
    this.#keep(verdict);
    const fields = {
      intent: intent.intent_id,
      action: proposal.action,
      estimated_cost: proposal.estimatedCost,
      budget,
    };
    if (withinBudget) ctx.log.info(fields, 'proposal is within budget');
    else ctx.log.warn(fields, 'proposal exceeds the budget');
    this.#events.verdict?.(verdict);
  }

  /** An intent may be delivered again: by its id it counts once. */
  #keep(verdict: Verdict): void {
    this.#verdicts.set(verdict.intentId, verdict);
    const oldest = this.#verdicts.keys().next();
    if (this.#verdicts.size > keptVerdicts && oldest.done === false) this.#verdicts.delete(oldest.value);
  }
}

/** @throws InvalidOptionError */
export function costMonitor(options: Partial<CostMonitorOptions> = {}, events: CostMonitorEvents = {}): CostMonitor {
  return new CostMonitor(costMonitorOptions(options), events);
}
