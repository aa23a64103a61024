/** One attempt in progress inside an activation: its interceptors, context and stray errors belong to it. */
import type { Traced } from '../../core/tracing.ts';
import type { Activation } from '../activation.ts';
import type { HandlingContext } from '../context.ts';
import { type StrayMoment, StrayScope } from '../stray-errors.ts';
import type { Attempt } from './attempt.ts';

/** The handler's context as the runtime holds it: disposed of when the handler ends. */
export interface OwnedContext extends HandlingContext, Disposable {
  readonly replied: boolean;
  /** Monotonic. */
  readonly begunAt: number;
}

/** Takes a stray error of the handler. */
export type StrayListener = (handling: Handling, error: unknown, moment: StrayMoment) => void;

export class Handling extends StrayScope {
  readonly attempt: Attempt;
  readonly activation: Activation;
  readonly context: OwnedContext;
  /** `undefined` while tracing is off. */
  traced: Traced | undefined;
  readonly #listener: StrayListener;

  constructor(attempt: Attempt, activation: Activation, context: OwnedContext, listener: StrayListener) {
    super();
    this.attempt = attempt;
    this.activation = activation;
    this.context = context;
    this.#listener = listener;
  }

  override get agent(): string {
    return this.activation.id;
  }

  /** Calls the agent's code in this scope. @returns what `receive` returns: a promise if it is asynchronous */
  call(): unknown {
    return this.run(runHandler, this);
  }

  protected override told(error: unknown, moment: StrayMoment): void {
    this.#listener(this, error, moment);
  }
}

function runHandler(handling: Handling): unknown {
  const { attempt, activation, context, traced } = handling;
  const { host } = activation;
  return traced === undefined
    ? host.deliver(activation, attempt, context)
    : traced.run(() => host.deliver(activation, attempt, context));
}
