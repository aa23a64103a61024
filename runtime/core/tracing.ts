/** The tracer interface that the runtime needs. The adapter for OpenTelemetry is `runtime/telemetry/otel-tracing.ts`. */
import type { MessageHeaders } from './delivery.ts';
import type { Intent } from './intent.ts';

/** A span: a part of the work in progress. */
export interface Traced {
  /** Runs `work` inside the span: everything that it starts and awaits belongs to the span. */
  run<T>(work: () => T): T;
  /** @param error the reason of a failure */
  end(error?: unknown): void;
}

/** The span of an outgoing intent. */
export interface TracedSend extends Traced {
  /** Headers to send with the intent. */
  readonly headers: MessageHeaders | undefined;
}

export interface Tracing {
  /** Names of the headers that carry the context; empty when tracing is off. */
  readonly fields: readonly string[];
  send(intent: Intent, to: string): TracedSend;
  /** @param headers the headers of the intent */
  handle(intent: Intent, agent: string, attempt: number, headers: MessageHeaders | undefined): Traced;
  /** Starts a span for a request from outside: a child of the active span, or else of the span that its headers name. */
  arrive(name: string, headers: MessageHeaders | undefined): Traced;
  /** The active trace id as W3C writes it; `null` when tracing is off. */
  traceId(): string | null;
  /** Starts a span for a part of the handling: a child of the active span. */
  part(name: string, agent: string): Traced;
}

const nothing: TracedSend = Object.freeze({
  headers: undefined,
  run: <T>(work: () => T): T => work(),
  end: () => undefined,
});

export const noTracing: Tracing = Object.freeze({
  fields: Object.freeze([]),
  send: () => nothing,
  handle: () => nothing,
  arrive: () => nothing,
  traceId: () => null,
  part: () => nothing,
});

/** Runs `work` inside a span, then ends the span. */
export async function tracedPart<T>(traced: Traced, work: () => T | Promise<T>): Promise<T> {
  try {
    const result = await traced.run(work);
    traced.end();
    return result;
  } catch (error) {
    traced.end(error);
    throw error;
  }
}
