/** What the runtime needs of a tracer. The adapter for OpenTelemetry is `runtime/telemetry/otel-tracing.ts`. */
import type { MessageHeaders } from './delivery.ts';
import type { Intent } from './intent.ts';

/** A part of the work that is under way. */
export interface Traced {
  /** Runs something in it: what that starts, and waits for, belongs to it. */
  run<T>(work: () => T): T;
  /** @param error why it failed */
  end(error?: unknown): void;
}

/** An intent on its way out. */
export interface TracedSend extends Traced {
  /** To travel with it. */
  readonly headers: MessageHeaders | undefined;
}

export interface Tracing {
  /** Names of the headers that carry the context; none when nothing is traced. */
  readonly fields: readonly string[];
  send(intent: Intent, to: string): TracedSend;
  /** @param headers those that came with the intent */
  handle(intent: Intent, agent: string, attempt: number, headers: MessageHeaders | undefined): Traced;
  /** A request from outside: below what is active, or else below what its headers name. */
  arrive(name: string, headers: MessageHeaders | undefined): Traced;
  /** Of what is active, as W3C writes it; `null` when nothing is traced. */
  traceId(): string | null;
  /** A part of the handling, below what is active. */
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

/** Runs something as a part of the work, which ends with it. */
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
