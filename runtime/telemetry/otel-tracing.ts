/**
 * Traces through `@opentelemetry/api`: messaging spans for intents, GenAI names for agents (OpenTelemetry semantic conventions),
 * W3C context in message headers. Without an SDK in the process it does nothing, at the cost of one lookup.
 */

import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { MessageHeaders } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import { kindOf } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { noTracing, type Traced, type TracedSend, type Tracing } from '../core/tracing.ts';

const scope = 'parley-runtime';

class OtelSpan implements TracedSend {
  readonly headers: MessageHeaders | undefined;
  readonly #span: Span;
  readonly #context: Context;

  constructor(span: Span, parent: Context, carries: boolean) {
    this.#span = span;
    this.#context = trace.setSpan(parent, span);
    if (!carries) return;
    const headers: Record<string, string> = {};
    propagation.inject(this.#context, headers);
    this.headers = headers;
  }

  run<T>(work: () => T): T {
    return context.with(this.#context, work);
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      this.#span.recordException(error instanceof Error ? error : reasonOf(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
    }
    this.#span.end();
  }
}

class OtelTracing implements Tracing {
  readonly #tracer: Tracer = trace.getTracer(scope);

  /** The header names of the registered propagator. An SDK registers one; without an SDK no trace is propagated. */
  get fields(): readonly string[] {
    return propagation.fields();
  }

  send(intent: Intent, to: string): TracedSend {
    if (!this.#isActive) return noTracing.send(intent, to);
    const attributes = { ...ofIntent(intent), 'messaging.operation.type': 'send' };
    return this.#start(`send ${kindOf(to)}`, SpanKind.PRODUCER, to, attributes, context.active(), true);
  }

  handle(intent: Intent, agent: string, attempt: number, headers: MessageHeaders | undefined): Traced {
    if (!this.#isActive) return noTracing.handle(intent, agent, attempt, headers);
    const parent = propagation.extract(ROOT_CONTEXT, headers ?? {});
    const attributes = {
      ...ofIntent(intent),
      'messaging.operation.type': 'process',
      'gen_ai.operation.name': 'invoke_agent',
      'parley.attempt': attempt,
    };
    return this.#start(`invoke_agent ${kindOf(agent)}`, SpanKind.CONSUMER, agent, attributes, parent, false);
  }

  arrive(name: string, headers: MessageHeaders | undefined): Traced {
    if (!this.#isActive) return noTracing.arrive(name, headers);
    const active = context.active();
    const parent = trace.getSpan(active) === undefined ? propagation.extract(ROOT_CONTEXT, headers ?? {}) : active;
    return new OtelSpan(this.#tracer.startSpan(name, { kind: SpanKind.SERVER }, parent), parent, false);
  }

  traceId(): string | null {
    return trace.getSpanContext(context.active())?.traceId ?? null;
  }

  part(name: string, agent: string): Traced {
    if (!this.#isActive) return noTracing.part(name, agent);
    return this.#start(name, SpanKind.INTERNAL, agent, {}, context.active(), false);
  }

  get #isActive(): boolean {
    return propagation.fields().length > 0;
  }

  #start(name: string, kind: SpanKind, agent: string, more: Attributes, parent: Context, carries: boolean): OtelSpan {
    const attributes = { 'gen_ai.agent.name': kindOf(agent), 'gen_ai.agent.id': agent, ...more };
    return new OtelSpan(this.#tracer.startSpan(name, { kind, attributes }, parent), parent, carries);
  }
}

const ofIntent = (intent: Intent): Attributes => ({
  'messaging.system': 'nats',
  'messaging.message.id': intent.intent_id,
  'parley.intent.type': intent.intent_type,
  'parley.intent.root': intent.root_intent_id ?? intent.intent_id,
  'parley.intent.from': intent.from_agent,
});

/** The tracer of the process: it uses whichever SDK is registered, at whatever time. */
export const otelTracing: Tracing = new OtelTracing();
