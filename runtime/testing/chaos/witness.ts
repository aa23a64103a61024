/**
 * Wraps an app so that its agents record their actions: when each handling begins, how it ends, what they reply, which timers fire.
 * The agents themselves are unchanged. The observer of their node records what they send.
 */
import type { CompiledAgent, Receive, SelfAct } from '../../actor/compiled-agent.ts';
import type { HandlingContext } from '../../actor/context.ts';
import type { AnyAgent } from '../../actor/define-agent.ts';
import { type App, checkedApp } from '../../node/app.ts';
import type { NodeObserver } from '../../node/observer.ts';
import { laneName } from './history-event.ts';
import type { History } from './history-file.ts';

/** Records what the agents of a node have sent; the agents record their own replies. */
export const sendingObserver = (history: History): NodeObserver => ({
  sent({ intent_id: id, from_agent: from, in_reply_to: asked }, { to, seq }) {
    if (asked === undefined) history.add({ event: 'accepted', id, lane: laneName(from, to), seq });
  },
});

export const witnessed = (app: App, history: History): App =>
  checkedApp({ ...app, agents: app.agents.map((agent) => witnessedAgent(agent, history)) });

function witnessedAgent(agent: AnyAgent, history: History): AnyAgent {
  const { receive, timers } = agent.compiled;
  const compiled: CompiledAgent = Object.freeze({
    ...agent.compiled,
    receive: witnessedReceive(receive, history),
    timers: new Map([...timers].map(([name, act]) => [name, witnessedTimer(act, history)])),
  });
  return Object.freeze({ ...agent, compiled });
}

const witnessedReceive =
  (receive: Receive, history: History): Receive =>
  async (intent, ctx) => {
    const { intent_id: id, from_agent: from, to_agent: to, intent_type: type } = intent;
    history.add({ event: 'started', id, lane: laneName(from, to ?? ctx.self), type, attempt: ctx.attempt });
    try {
      await receive(intent, witnessedContext(ctx, id, history));
      history.add({ event: 'handled', id });
    } catch (error) {
      history.add({ event: 'failed', id });
      throw error;
    }
  };

const witnessedTimer =
  (act: SelfAct, history: History): SelfAct =>
  (ctx) => {
    history.add({ event: 'timer', agent: ctx.self });
    return act(ctx);
  };

/** Wraps the context; everything else is forwarded to the context itself, whose fields are private. */
function witnessedContext(ctx: HandlingContext, id: string, history: History): HandlingContext {
  const reply: HandlingContext['reply'] = async (value) => {
    await ctx.reply(value);
    history.add({ event: 'replied', id });
  };
  const own: Readonly<Record<PropertyKey, unknown>> = { reply };
  return new Proxy(ctx, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
