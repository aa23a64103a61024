/** An OpenTelemetry SDK in this process that keeps its spans: registered as a user would, before the first node starts. */
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

export class SpanRecorder implements Disposable {
  readonly #exporter = new InMemorySpanExporter();

  constructor() {
    const spanProcessors = [new SimpleSpanProcessor(this.#exporter)];
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** Returns the names from the root to the last ended span of this name. */
  pathTo(name: string): readonly string[] {
    const path: string[] = [];
    let span = this.spans.findLast((ended) => ended.name === name);
    while (span !== undefined) {
      path.unshift(span.name);
      const above = span.parentSpanContext?.spanId;
      span = this.spans.find((ended) => ended.spanContext().spanId === above);
    }
    return path;
  }

  failures(): readonly (readonly [string, string | undefined])[] {
    const failed = this.spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    return failed.map(({ name, status }) => [name, status.message] as const);
  }

  clear(): void {
    this.#exporter.reset();
  }

  [Symbol.dispose](): void {
    trace.disable();
    propagation.disable();
    context.disable();
  }
}
