/** A mesh in one process: routes intents between agents in order, checked as a node would. */
import type { AgentsNode } from '../../../actors/devops/run.ts';
import { Activation } from '../../../runtime/actor/activation.ts';
import { type ContextPorts, IntentContext, Voice } from '../../../runtime/actor/agent-context.ts';
import type { VoiceContext } from '../../../runtime/actor/context.ts';
import type { Agent } from '../../../runtime/actor/define-agent.ts';
import { makeIntent } from '../../../runtime/actor/make-intent.ts';
import type { Clock } from '../../../runtime/core/clock.ts';
import { reasonOf } from '../../../runtime/core/errors.ts';
import type { Intent, IntentDraft } from '../../../runtime/core/intent.ts';
import type { Ticket } from '../../../runtime/core/ticket.ts';
import type { NodeObserver } from '../../../runtime/node/observer.ts';
import { checkFor, portsWith } from './recording-context.ts';

export class InMemoryMesh implements AgentsNode {
  /** Everything that was accepted, in order. */
  readonly sent: Intent[] = [];
  /** Set to make sending fail. */
  broken: Error | undefined;
  readonly #ports: ContextPorts;
  readonly #agents = new Map<string, Agent>();
  readonly #clock: Clock;
  readonly #observer: NodeObserver;
  #work: Promise<void> = Promise.resolve();

  constructor(agents: readonly Agent[], clock: Clock, observer: NodeObserver = {}) {
    for (const agent of agents) this.#agents.set(agent.kind, agent);
    this.#clock = clock;
    this.#observer = observer;
    this.#ports = portsWith((from, parent, to, draft) => this.#tell(from, parent, String(to), draft), clock);
  }

  /** Aborts the signals of all contexts. */
  stop(): void {
    this.#ports.aborts.abort();
  }

  context(kind: string): VoiceContext {
    return new Voice(this.#ports, kind, undefined);
  }

  async quiet(): Promise<void> {
    for (let work: Promise<void> | undefined; work !== this.#work; ) {
      work = this.#work;
      await work;
    }
  }

  async #tell(from: string, parent: Intent | undefined, to: string, draft: IntentDraft): Promise<Ticket> {
    if (this.broken !== undefined) throw this.broken;
    const receiver = this.#agents.get(to);
    if (receiver === undefined) throw new Error(`no agent "${to}"`);
    const seq = this.sent.length + 1;
    const now = this.#clock.now();
    const intent = makeIntent(draft, { from, to, parent, now, newId: () => `intent-${seq}` });
    checkFor(receiver, intent);
    this.sent.push(intent);
    const ticket = { intent_id: intent.intent_id, to, stream: 'TEST', seq };
    this.#observer.sent?.(intent, ticket);
    this.#work = this.#work.then(() => this.#handle(receiver, intent));
    return ticket;
  }

  async #handle(receiver: Agent, intent: Intent): Promise<void> {
    this.#observer.handling?.(receiver.kind, intent, 1);
    try {
      const life = new Activation(receiver.kind, receiver.compiled, 0);
      await receiver.compiled.receive(intent, new IntentContext(this.#ports, life, intent, 1));
      this.#observer.handled?.(receiver.kind, intent, 0);
    } catch (error) {
      this.#observer.dead?.(receiver.kind, intent, reasonOf(error));
    }
  }
}
