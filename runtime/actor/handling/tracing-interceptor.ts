/** Interceptor: opens a span for each attempt, with the handler inside it. */
import type { Tracing } from '../../core/tracing.ts';
import type { Handling } from './handling.ts';
import type { Interceptor } from './interceptor.ts';

/** Hot path: does nothing while tracing is off. */
export class TracingInterceptor implements Interceptor {
  readonly #tracing: Tracing;

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  begin(handling: Handling): void {
    const { intent, queued } = handling.attempt;
    handling.traced = this.#tracing.handle(intent, handling.activation.id, queued.attempts, queued.headers);
  }

  succeeded({ traced }: Handling): void {
    traced?.end();
  }

  failed({ traced }: Handling, error: unknown): void {
    traced?.end(error);
  }

  abandoned({ traced }: Handling, lost: Error): void {
    traced?.end(lost);
  }
}
