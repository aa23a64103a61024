/** Faults in a definition from JavaScript are refused at the definition. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AgentDefinition, defineAgent } from '../../../runtime/actor/define-agent.ts';
import { agentRef } from '../../../runtime/core/agent-ref.ts';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import type { IntentSchemas } from '../../../runtime/core/intent-schema.ts';

const define = (given: unknown) => defineAgent(given as AgentDefinition<IntentSchemas, unknown>);

const good = { kind: 'worker', delivery: 'at_least_once', intents: { alert: {} }, receive: () => undefined };
const refused = (message: string): Error => expect.objectContaining({ name: 'InvalidOptionError', message }) as Error;

describe('a definition', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ mailbx: {} }, 'unknown option "mailbx" of defineAgent: did you mean "mailbox"?'],
    [{ supervison: {} }, 'unknown option "supervison" of defineAgent: did you mean "supervision"?'],
    [{ mailbox: { idelMs: 1 } }, 'unknown option "idelMs" of worker.mailbox: did you mean "idleMs"?'],
    [
      { mailbox: { intake: { ratePerSecond: 1, brust: 1 } } },
      'unknown option "brust" of worker.mailbox.intake: did you mean "burst"?',
    ],
    [{ supervision: { intensty: 1 } }, 'unknown option "intensty" of worker.supervision: did you mean "intensity"?'],
    [
      { intents: { alert: { contxt: z.object({}) } } },
      'unknown option "contxt" of worker.intents.alert: did you mean "context"?',
    ],
    [
      { intents: { alert: { retry: { attempt: 1 } } } },
      'unknown option "attempt" of worker.intents.alert.retry: did you mean "attempts"?',
    ],
  ])('A misspelt name in a definition is refused with the intended name: %j', (given, message) => {
    expect(() => define({ ...good, ...given })).toThrow(refused(message));
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a mailbox', { mailbox: null }, 'worker.mailbox'],
    ['an intake', { mailbox: { intake: 5 } }, 'worker.mailbox.intake'],
    ['supervision', { supervision: 'always' }, 'worker.supervision'],
    ['intents', { intents: null }, 'worker.intents'],
    ['an intent', { intents: { alert: null } }, 'worker.intents.alert'],
    ['an intent', { intents: { alert: z.object({}) } }, 'worker.intents.alert'],
    ['a retry', { intents: { alert: { retry: 3 } } }, 'worker.intents.alert.retry'],
    ['a schema', { intents: { alert: { context: { type: 'object' } } } }, 'worker.intents.alert.context'],
    ['a schema', { intents: { alert: { reply: null } } }, 'worker.intents.alert.reply'],
    [
      'a schema',
      { intents: { alert: { constraints: { '~standard': { version: 2, validate: () => 0 } } } } },
      'worker.intents.alert.constraints',
    ],
    [
      'a schema',
      { intents: { alert: { success_criteria: { '~standard': { version: 1 } } } } },
      'worker.intents.alert.success_criteria',
    ],
    ['a state', { state: 5 }, 'worker.state'],
    ['a hook', { activated: {} }, 'worker.activated'],
    ['a hook', { passivated: 'x' }, 'worker.passivated'],
    ['timers', { timers: null }, 'worker.timers'],
    ['timers', { timers: [] }, 'worker.timers'],
    ['a timer', { timers: { flush: 5_000 } }, 'worker.timers.flush'],
    ['keyed', { keyed: 'yes' }, 'worker.keyed'],
    ['broadcasts', { keyed: true, broadcasts: 'a' }, 'worker.broadcasts'],
    ['a handler', { intents: { constructor: {} }, receive: {} }, 'worker.receive.constructor'],
    ['a handler', { receive: Object.create({ alert: () => 0 }) }, 'worker.receive.alert'],
    ['receive', { receive: null }, 'worker.receive'],
  ])('A definition with a value that is not %s is refused, naming it: %j', (_what, given, option) => {
    expect(() => define({ ...good, ...given })).toThrow(
      expect.objectContaining({ name: 'InvalidOptionError', option }) as Error,
    );
  });

  it.each([undefined, null, 5, 'worker', [], () => good])('A definition that is %s is refused', (given) => {
    expect(() => define(given)).toThrow(expect.objectContaining({ option: 'defineAgent' }) as Error);
    expect(() => define(given)).toThrow(InvalidOptionError);
  });

  it('A definition accepts schemas that are functions, and handlers for types with the names of methods of Object', () => {
    const schema = Object.assign(() => undefined, {
      '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
    });
    const receive = { constructor: () => undefined };
    expect(() => define({ ...good, intents: { constructor: { context: schema } }, receive })).not.toThrow();
  });

  it('A definition accepts options that are undefined', () => {
    const left = { mailbox: undefined, supervision: undefined, timers: undefined, state: undefined, keyed: undefined };
    expect(define({ ...good, ...left }).compiled.stateless).toBe(true);
  });
});

it.each<[unknown, string]>([
  [undefined, 'worker.intents'],
  [{ alert: { contxt: {} } }, 'worker.intents.alert.contxt'],
  [{ alert: { context: {} } }, 'worker.intents.alert.context'],
])('A reference with intents %j is refused', (intents, option) => {
  expect(() => agentRef('worker', intents as IntentSchemas)).toThrow(
    expect.objectContaining({ name: 'InvalidOptionError', option }) as Error,
  );
});
