/** A user's definition of an agent: its kind, the intents that it accepts, its handlers. */

import { agentRef, type KindRef } from '../core/agent-ref.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkKey, clientKind } from '../core/ids.ts';
import type { IntentSchema, IntentSchemas, RetryRule } from '../core/intent-schema.ts';
import { isObject, type Json } from '../core/json.ts';
import { checkFunction, checkOptions, compileOptions, namesOf, yesOrNo } from '../core/options.ts';
import type { IntentOf, ReplyTo, TypeOf } from '../core/typed-intents.ts';
import {
  bucketRules,
  type MailboxOptions,
  mailboxRules,
  retryRules,
  type SupervisionOptions,
  supervisionRules,
} from './agent-options.ts';
import type { CompiledAgent, Receive, SelfAct } from './compiled-agent.ts';
import type { ActivationContext, HandlingContext } from './context.ts';
import type { Needs } from './needs.ts';

/** One function for all intent types. */
export type ReceiveAll<I extends IntentSchemas, S, V extends object = object> = (
  intent: IntentOf<I>,
  ctx: HandlingContext<S, Json, V>,
) => Promise<void> | void;

/** One function per intent type. */
export type ReceiveEach<I extends IntentSchemas, S, V extends object = object> = {
  readonly [T in TypeOf<I>]: (
    intent: IntentOf<I, T>,
    ctx: HandlingContext<S, ReplyTo<I, T>, V>,
  ) => Promise<void> | void;
};

export interface AgentDefinition<I extends IntentSchemas = IntentSchemas, S = undefined, V extends object = object> {
  readonly kind: string;
  /** Delivery guarantee: an intent whose handling was interrupted is handled again. This release has no other choice. */
  readonly delivery: 'at_least_once';
  /** The intent types that the agent accepts; the sender's node refuses others. */
  readonly intents: I;
  /** Called for one intent at a time per agent; settles when the intent is done. A rejection restarts the agent. */
  readonly receive: ReceiveAll<I, S, V> | ReceiveEach<I, S, V>;
  /** Creates the initial `ctx.state` of each activation. It is kept in memory until the agent is idle or fails. */
  readonly state?: (id: string) => S | Promise<S>;
  /** Called before the first intent of an activation. */
  readonly activated?: (ctx: ActivationContext<S, V>) => Promise<void> | void;
  /** Called after the last intent, when the agent is idle or its node stops; not after a failure. */
  readonly passivated?: (ctx: ActivationContext<S, V>) => Promise<void> | void;
  /**
   * The functions that timers call, by name (`ctx.timers.after('flush', 5_000)`); they never run at the same time as an intent.
   */
  readonly timers?: Readonly<Record<string, (ctx: ActivationContext<S, V>) => Promise<void> | void>>;
  /** The services of the app that its code uses (`ctx.services`): `needs<{ crm: Crm }>()`. */
  readonly services?: Needs<V>;
  readonly mailbox?: MailboxOptions;
  readonly supervision?: Partial<SupervisionOptions>;
  /** Its agents have keys: the kind alone has no mailbox, and a broadcast reaches only `broadcasts`. */
  readonly keyed?: boolean;
  /** Keys of the agents of a keyed kind that a broadcast reaches. */
  readonly broadcasts?: readonly string[];
}

/** A kind of agents, ready for `startNode({agents: [...]})`, and a reference to send to. @typeParam V the services that it uses */
export interface Agent<I extends IntentSchemas = IntentSchemas, V extends object = object> extends KindRef<I> {
  readonly compiled: CompiledAgent;
  /** For the compiler only: an app with these services can have the agent. */
  readonly uses?: (services: V) => void;
}

/** An agent whatever services it uses. */
export type AnyAgent = Agent<IntentSchemas, never>;

const definitionNames = namesOf<AgentDefinition>({
  kind: true,
  delivery: true,
  intents: true,
  receive: true,
  state: true,
  activated: true,
  passivated: true,
  timers: true,
  services: true,
  mailbox: true,
  supervision: true,
  keyed: true,
  broadcasts: true,
});
const mailboxNames = namesOf<MailboxOptions>({ intake: true, idleMs: true });

/**
 * Checks a definition.
 * @throws InvalidOptionError, InvalidIdError
 */
export function defineAgent<const I extends IntentSchemas, S = undefined, V extends object = object>(
  definition: AgentDefinition<I, S, V>,
): Agent<I, V> {
  checkOptions('defineAgent', definition, definitionNames);
  const { kind, intents } = definition;
  if (kind === clientKind) {
    throw new InvalidOptionError('kind', `other than "${clientKind}", which is for senders outside`, kind);
  }
  const ref = agentRef(kind, intents);
  const of = (name: string): string => `${kind}.${name}`;
  checkDelivery(of('delivery'), definition.delivery);
  const keyed = yesOrNo(of('keyed'), definition.keyed, false);
  const { mailbox = {}, timers = {}, state, activated, passivated } = definition;
  checkOptions(of('mailbox'), mailbox, mailboxNames);
  for (const hook of ['state', 'activated', 'passivated'] as const) checkFunction(of(hook), definition[hook]);
  const { intake, ...rest } = mailbox;
  const compiled: CompiledAgent = Object.freeze({
    kind,
    intents,
    receive: receiver(of('receive'), definition as unknown as OpenDefinition),
    retry: retries(of('intents'), intents),
    state: state?.bind(definition),
    activated: activated?.bind(definition) as SelfAct | undefined,
    passivated: passivated?.bind(definition) as SelfAct | undefined,
    timers: functionsOf(of('timers'), timers),
    intake: intake === undefined ? undefined : compileOptions(of('mailbox.intake'), bucketRules, intake),
    ...compileOptions(of('mailbox'), mailboxRules, rest),
    supervision: compileOptions(of('supervision'), supervisionRules, definition.supervision ?? {}),
    stateless: [state, activated, passivated, definition.timers].every((part) => part === undefined),
    keyed,
    reachedByBroadcast: broadcastIds(of('broadcasts'), definition as unknown as OpenDefinition),
  });
  return Object.freeze({ ...ref, compiled });
}

/** A definition without its static types. */
type OpenDefinition = AgentDefinition<IntentSchemas, unknown>;

/**
 * Required, so that the future default `once` surprises no user. A later release will remember handled intents, and make that
 * the default.
 */
function checkDelivery(where: string, delivery: unknown): void {
  if (delivery === 'at_least_once') return;
  throw new InvalidOptionError(
    where,
    '"at_least_once", the only one of this release: handlers must be idempotent',
    delivery,
  );
}

function functionsOf(where: string, timers: unknown): ReadonlyMap<string, SelfAct> {
  if (!isObject(timers)) throw new InvalidOptionError(where, 'an object: functions by name', timers);
  for (const [name, run] of Object.entries(timers)) {
    if (typeof run !== 'function') throw new InvalidOptionError(`${where}.${name}`, 'a function', run);
  }
  return new Map(Object.entries(timers as Readonly<Record<string, SelfAct>>));
}

function broadcastIds(where: string, { kind, keyed = false, broadcasts = [] }: OpenDefinition): readonly string[] {
  if (!Array.isArray(broadcasts)) throw new InvalidOptionError(where, 'a list of keys', broadcasts);
  if (keyed) return broadcasts.map((key) => `${kind}/${checkKey(key)}`);
  if (broadcasts.length > 0) throw new InvalidOptionError(where, 'left out unless keyed', broadcasts);
  return [kind];
}

/** Binds methods to the definition, which may be an instance of a class. */
function receiver(where: string, definition: OpenDefinition): Receive {
  const { receive, intents } = definition;
  if (typeof receive === 'function') return (intent, ctx) => receive.call(definition, intent, ctx);
  const rule = 'a function, or a function for each intent type';
  if (!isObject(receive)) throw new InvalidOptionError(where, rule, receive);
  for (const type of Object.keys(intents)) {
    const handler = Object.hasOwn(receive, type) ? receive[type] : undefined;
    if (typeof handler !== 'function') throw new InvalidOptionError(`${where}.${type}`, 'a function', handler);
  }
  for (const type of Object.keys(receive)) {
    if (!Object.hasOwn(intents, type)) throw new InvalidOptionError(`${where}.${type}`, 'one of "intents"', type);
  }
  return (intent, ctx) => receive[intent.intent_type]?.(intent, ctx);
}

function retries(where: string, intents: IntentSchemas): ReadonlyMap<string, Partial<RetryRule>> {
  const found = Object.entries<IntentSchema>(intents).flatMap(([type, { retry }]) => {
    if (retry === undefined) return [];
    compileOptions(`${where}.${type}.retry`, retryRules, retry);
    return [[type, Object.freeze({ ...retry })] as const];
  });
  return new Map(found);
}
