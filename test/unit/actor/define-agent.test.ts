import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AgentDefinition, defineAgent } from '../../../runtime/actor/define-agent.ts';
import { agentRef } from '../../../runtime/core/agent-ref.ts';
import { InvalidIdError } from '../../../runtime/core/errors.ts';
import type { IntentSchemas } from '../../../runtime/core/intent-schema.ts';

type Given = Partial<Record<keyof AgentDefinition, unknown>>;

const define = (given: Given = {}) =>
  defineAgent({
    kind: 'worker',
    delivery: 'at_least_once',
    intents: { alert: {} },
    receive: () => undefined,
    ...given,
  } as unknown as AgentDefinition<IntentSchemas, unknown>);

describe('an agent definition', () => {
  it.each<[string, Given, string]>([
    ['no delivery', { delivery: undefined }, 'worker.delivery'],
    ['a delivery of a later release', { delivery: 'once' }, 'worker.delivery'],
    ['no receive', { receive: undefined }, 'worker.receive'],
    ['no handler for one of its types', { receive: {} }, 'worker.receive.alert'],
    ['a handler that is no function', { receive: { alert: 1 } }, 'worker.receive.alert'],
    ['a handler for another type', { receive: { alert: () => 0, scale: () => 0 } }, 'worker.receive.scale'],
    ['intents that are no object', { intents: [] }, 'worker.intents'],
    [
      'a retry without attempts',
      { intents: { alert: { retry: { attempts: 0 } } } },
      'worker.intents.alert.retry.attempts',
    ],
    ['an unknown word in its mailbox', { mailbox: { idle: 1 } }, 'worker.mailbox.idle'],
    [
      'an intake that lets nothing in',
      { mailbox: { intake: { ratePerSecond: 0, burst: 1 } } },
      'worker.mailbox.intake.ratePerSecond',
    ],
    ['a negative intensity', { supervision: { intensity: -1 } }, 'worker.supervision.intensity'],
    ['keys for broadcasts without keys', { broadcasts: ['a'] }, 'worker.broadcasts'],
    ['the kind of clients', { kind: 'client' }, 'kind'],
  ])('An agent definition is refused with %s, naming the option', (_what, given, option) => {
    expect(() => define(given)).toThrow(expect.objectContaining({ name: 'InvalidOptionError', option }) as Error);
  });

  it.each<[string, Given]>([
    ['a kind with a dash', { kind: 'a-b' }],
    ['an intent type with a dot', { intents: { 'a.b': {} } }],
    ['an invalid key', { keyed: true, broadcasts: ['a b'] }],
  ])('An agent definition is refused with %s', (_what, given) => {
    expect(() => define(given)).toThrow(InvalidIdError);
  });

  it('An agent definition may be an instance of a class: its methods keep their "this"', () => {
    class Counting {
      readonly kind = 'counting';
      readonly delivery = 'at_least_once';
      readonly intents = { alert: {} };
      count = 0;
      receive(): void {
        this.count++;
      }
    }
    const counting = new Counting();
    const { compiled } = defineAgent(counting);
    void compiled.receive({} as never, {} as never);
    expect(counting.count).toBe(1);
  });

  it('An agent definition is a reference to the agents of its kind', () => {
    const agent = define();
    expect([agent.id, agent.at('arn:aws:x').id]).toEqual(['worker', 'worker/arn_3aaws_3ax']);
    expect(Object.isFrozen(agent)).toBe(true);
  });

  it('An agent without state, hooks and timers occupies nothing between two intents', () => {
    expect(define().compiled.stateless).toBe(true);
    expect(define({ state: () => 1 }).compiled.stateless).toBe(false);
  });
});

it('A reference names agents that are defined elsewhere', () => {
  const ref = agentRef('resource', { scale: { context: z.object({ factor: z.number() }) } });
  expect([ref.id, ref.at('prod-01').id]).toEqual(['resource', 'resource/prod-01']);
  expect(() => agentRef('No', {})).toThrow(InvalidIdError);
});
