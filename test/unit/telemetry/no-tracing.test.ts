/** Without an SDK nothing is made and nothing travels. */
import { expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { noTracing } from '../../../runtime/core/tracing.ts';
import { otelTracing } from '../../../runtime/telemetry/otel-tracing.ts';

it('Tracing without a registered SDK equals no tracing', () => {
  const intent = {} as Intent;
  expect(otelTracing.fields).toEqual([]);
  expect(otelTracing.send(intent, 'a')).toBe(noTracing.send(intent, 'a'));
  expect(otelTracing.send(intent, 'a').headers).toBeUndefined();
  expect(otelTracing.handle(intent, 'a', 1, { traceparent: 'x' })).toBe(noTracing.handle(intent, 'a', 1, undefined));
  expect(otelTracing.part('step', 'a')).toBe(noTracing.part('step', 'a'));
  expect(otelTracing.arrive('in', undefined)).toBe(noTracing.arrive('in', undefined));
});
