/** Capability: parts of the work with a name, and the reasoning loop. */
import type { EscalationCall } from '../../core/escalation.ts';
import type { JsonObject } from '../../core/json.ts';
import { needFunction } from '../../core/options.ts';
import { tracedPart } from '../../core/tracing.ts';
import type { Activation } from '../activation.ts';
import type { ActivationContext, ReasonLimits, ReasonResult, StepContext, Thought } from '../context.ts';
import { checkStepName } from '../context-arguments.ts';
import { reasonWithin } from '../reasoning.ts';
import type { ContextPorts } from './ports.ts';
import { type Sender, whenOwned } from './sending.ts';

/** The agent that takes the steps. */
export interface Worker extends Sender {
  readonly activation: Activation;
  /** Aborted when the node stops, or loses the partition. */
  readonly signal: AbortSignal;
}

type StepPorts = Pick<ContextPorts, 'tracing' | 'failures' | 'clock' | 'escalation'>;

export const stepAs =
  ({ tracing, failures }: StepPorts, worker: Worker): ActivationContext['step'] =>
  async <T>(name: string, run: (step: StepContext) => T | Promise<T>): Promise<T> => {
    worker.activation.progress = checkStepName(name);
    needFunction('run', run);
    try {
      return await tracedPart(tracing.part(name, worker.self), () => run({ signal: worker.signal }));
    } catch (error) {
      failures.passed(name, error);
      throw error;
    }
  };

export const reasonAs =
  (ports: StepPorts, worker: Worker): ActivationContext['reason'] =>
  async <T>(
    limits: ReasonLimits,
    think: (thought: Thought) => T | undefined | Promise<T | undefined>,
  ): Promise<ReasonResult<T>> => {
    const { clock, tracing } = ports;
    const part = tracing.part(`plan ${worker.activation.agent.kind}`, worker.self);
    const result = await tracedPart(part, () => reasonWithin(clock, worker.signal, limits, think));
    if (result.kind === 'limit') {
      const { limit, iterations, reached } = result;
      await escalateAs(ports, worker)('reasoning_limit', `no decision within ${reached}`, { limit, iterations });
    }
    return result;
  };

export const escalateAs =
  ({ escalation }: StepPorts, sender: Sender) =>
  (reason: EscalationCall['reason'], message: string, detail: JsonObject): Promise<void> =>
    whenOwned(sender.lease, () => escalation.escalate({ agent: sender.self, reason, message, detail }, sender.parent));
