/** Runs agents' code in the node's own process: fast, without a boundary. It can abort code, but not stop it. */
import type { ActivationHost, HookDelivery, HostedActivation, IntentDelivery } from '../actor/activation-host.ts';
import { ActivationTimers } from '../actor/activation-timers.ts';
import type { ActivationContext, HandlingContext } from '../actor/context.ts';
import { isThenable } from '../actor/stray-errors.ts';
import type { Clock } from '../core/clock.ts';

export class InlineHost implements ActivationHost {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(activation: HostedActivation, timerDue: (timer: string) => void): unknown {
    const { agent, id } = activation;
    if (agent.timers.size > 0) activation.timers = new ActivationTimers(agent, this.#clock, timerDue);
    const state = agent.state?.(id);
    if (!isThenable(state)) {
      activation.state = state;
      return;
    }
    return Promise.resolve(state).then((made) => {
      activation.state = made;
    });
  }

  /** Hot path: allocates nothing. */
  deliver(
    { agent }: HostedActivation,
    delivery: IntentDelivery | HookDelivery,
    context: ActivationContext | HandlingContext,
  ): unknown {
    switch (delivery.kind) {
      case 'intent':
        return agent.receive(delivery.intent, context as HandlingContext);
      case 'timer':
        return agent.timers.get(delivery.timer)?.(context);
      case 'activated':
        return agent.activated?.(context);
      case 'passivated':
        return agent.passivated?.(context);
      default:
        return delivery satisfies never;
    }
  }

  abort({ running }: HostedActivation, reason: string): void {
    running?.abort(new DOMException(reason, 'AbortError'));
  }

  kill({ timers }: HostedActivation): void {
    timers?.end();
  }
}
