import { expect, it } from 'vitest';
import { z } from 'zod';
import { SchemaViolationError, UnknownIntentTypeError } from '../../../runtime/core/intent-errors.ts';
import { checkAgainstSchemas, type IntentSchemas } from '../../../runtime/core/intent-schema.ts';
import { sample } from './sample-intent.ts';

const schemas: IntentSchemas = {
  investigate: {
    context: z.object({
      service: z.string(),
      load: z.number(),
      nodes: z.array(z.object({ name: z.string() })).optional(),
    }),
    constraints: z.object({ max_usd: z.number().max(10) }),
  },
  alert: {},
};

function violation(change: object, declared: IntentSchemas = schemas): unknown {
  try {
    checkAgainstSchemas('cost_monitor', declared, { ...sample, ...change });
  } catch (error) {
    return error;
  }
  return undefined;
}

it('An agent accepts what its schemas permit, and anything where none is declared', () => {
  expect(violation({})).toBeUndefined();
  expect(violation({ intent_type: 'alert', context: { anything: [1] } })).toBeUndefined();
});

it.each([
  [{ context: {} }, 'context.service'],
  [{ context: { service: 'api', load: 'high' } }, 'context.load'],
  [{ context: { service: 'api', load: 1, nodes: [{ name: 'a' }, { name: 7 }] } }, 'context.nodes.1.name'],
  [{ constraints: { max_usd: 11 } }, 'constraints.max_usd'],
])('An agent refuses %j at its path', (change, path) => {
  const error = violation(change);
  expect(error).toBeInstanceOf(SchemaViolationError);
  expect(error).toMatchObject({ code: 'PARLEY_SCHEMA_VIOLATION', path, retryable: false });
  expect(String(error)).toContain(`intent of type "investigate" breaks its schema at "${path}": `);
});

it('An agent reads paths whose steps are objects, as the standard permits', () => {
  const issue = { message: 'no', path: [{ key: 'a' }, 'b', 0] };
  const standard = { version: 1, vendor: 'test', validate: () => ({ issues: [issue] }) } as const;
  expect(violation({}, { investigate: { context: { '~standard': standard } } })).toMatchObject({
    path: 'context.a.b.0',
  });
});

it.each(['optimize', 'toString', 'constructor'])('An agent refuses the type %j, which it does not declare', (type) => {
  const error = violation({ intent_type: type });
  expect(error).toBeInstanceOf(UnknownIntentTypeError);
  expect(error).toMatchObject({ code: 'PARLEY_UNKNOWN_INTENT_TYPE', path: 'intent_type' });
  expect(String(error)).toContain('it accepts investigate, alert');
});

it('An agent refuses an asynchronous schema, also one that fails later', async () => {
  const slow = z.object({}).refine(() => Promise.resolve(true));
  expect(violation({}, { investigate: { context: slow } })).toMatchObject({ path: 'context' });
  const validate = () => Promise.reject(new Error('database is down'));
  const failing = { '~standard': { version: 1, vendor: 'test', validate } } as const;
  const error = violation({}, { investigate: { context: failing } });
  expect(error).toBeInstanceOf(SchemaViolationError);
  expect(String(error)).toContain('its schema is asynchronous');
  await new Promise((resolve) => setImmediate(resolve));
});
