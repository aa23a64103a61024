/**
 * An app whose agents write down what they do: when each handling begins and how it ends, what is replied, what is sent and
 * accepted, which timers fire. The agents themselves are as they were.
 */
import type { CompiledAgent, Receive, SelfAct } from '../../actor/compiled-agent.ts';
import type { AgentContext } from '../../actor/context.ts';
import type { Agent } from '../../actor/define-agent.ts';
import type { Ticket } from '../../core/ticket.ts';
import { type App, defineApp } from '../../node/app.ts';
import { laneName } from './history-event.ts';
import type { History } from './history-file.ts';

export const witnessed = (app: App, history: History): App =>
  defineApp({ ...app, agents: app.agents.map((agent) => witnessedAgent(agent, history)) });

function witnessedAgent(agent: Agent, history: History): Agent {
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

/** Everything else goes to the context itself, whose fields are its own. */
function witnessedContext(ctx: AgentContext, id: string, history: History): AgentContext {
  const tell = async (...words: Parameters<AgentContext['tell']>): Promise<Ticket> => {
    const ticket = await ctx.tell(...words);
    history.add({ event: 'accepted', id: ticket.intent_id, lane: laneName(ctx.self, ticket.to), seq: ticket.seq });
    return ticket;
  };
  const reply: AgentContext['reply'] = async (value) => {
    await ctx.reply(value);
    history.add({ event: 'replied', id });
  };
  const own: Readonly<Record<PropertyKey, unknown>> = { tell, reply };
  return new Proxy(ctx, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
