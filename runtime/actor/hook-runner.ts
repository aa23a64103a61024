/** Runs an agent's code outside of intents (`state`, hooks, timers), with its stray errors attributed to the agent. */
import type { Activation } from './activation.ts';
import type { HookDelivery } from './activation-host.ts';
import type { ActivationContext } from './context.ts';
import { isThenable, type StrayMoment, StrayScope } from './stray-errors.ts';

/** Receives a stray error of such code. */
export type HookStrayed = (activation: Activation, error: unknown, moment: StrayMoment) => void;

export class HookRunner {
  readonly #contextFor: (activation: Activation) => ActivationContext & Disposable;
  readonly #strayed: HookStrayed;

  constructor(contextFor: (activation: Activation) => ActivationContext & Disposable, strayed: HookStrayed) {
    this.#contextFor = contextFor;
    this.#strayed = strayed;
  }

  /** @returns what the code returns: a value, or a promise that also rejects with the first stray error */
  run<T>(activation: Activation, code: () => T | PromiseLike<T>): T | Promise<T> {
    const scope = new HookScope(activation, this.#strayed);
    const result = scope.run(code, undefined);
    if (!isThenable(result)) return result;
    const same = (value: T): T => value;
    return scope.settle<T, T>(result, same, (error) => Promise.reject(error));
  }

  /** Delivers to a hook or timer, with a context of its own. */
  async deliver(activation: Activation, delivery: HookDelivery): Promise<void> {
    const { host } = activation;
    using context = this.#contextFor(activation);
    try {
      await this.run(activation, () => host.deliver(activation, delivery, context));
    } catch (error) {
      host.abort(activation, `"${delivery.kind}" failed`);
      throw error;
    }
  }
}

class HookScope extends StrayScope {
  readonly #activation: Activation;
  readonly #strayed: HookStrayed;

  constructor(activation: Activation, strayed: HookStrayed) {
    super();
    this.#activation = activation;
    this.#strayed = strayed;
  }

  override get agent(): string {
    return this.#activation.id;
  }

  protected override told(error: unknown, moment: StrayMoment): void {
    this.#strayed(this.#activation, error, moment);
  }
}
