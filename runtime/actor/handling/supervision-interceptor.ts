/** Interceptor: ends the agent's turn, or its activation when the agent is at fault. */
import type { Activations } from '../activations.ts';
import type { AgentSupervisor } from '../agent-supervisor.ts';
import { causeOf, type Pickup } from './attempt.ts';
import { isFinal } from './failure-plan.ts';
import type { Handling } from './handling.ts';
import type { Interceptor } from './interceptor.ts';

export class SupervisionInterceptor implements Interceptor {
  readonly #activations: Activations;
  readonly #supervisor: AgentSupervisor;

  constructor(activations: Activations, supervisor: AgentSupervisor) {
    this.#activations = activations;
    this.#supervisor = supervisor;
  }

  succeeded({ activation }: Handling): void {
    this.#activations.succeeded(activation);
  }

  /** A final error is the intent's fault: the agent continues. */
  failed({ activation, attempt }: Handling, error: unknown): void {
    if (isFinal(error)) this.#activations.leave(activation);
    else this.#activations.failed(activation, causeOf(attempt));
  }

  abandoned({ activation }: Handling): void {
    this.#activations.leave(activation);
  }

  deadLettered(pickup: Pickup): void {
    this.#supervisor.deadLettered(pickup.lane.receiver, causeOf(pickup).id);
  }
}
