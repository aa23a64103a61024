/** A mesh in one process: routes intents between agents in order, checked as a node would. */
import type { AgentsNode } from '../../../actors/devops/run.ts';
import type { AgentDefinition } from '../../../runtime/actor/agent.ts';
import type { AgentContext } from '../../../runtime/actor/context.ts';
import { makeIntent } from '../../../runtime/actor/make-intent.ts';
import type { Clock } from '../../../runtime/core/clock.ts';
import { reasonOf } from '../../../runtime/core/errors.ts';
import type { Intent, IntentDraft } from '../../../runtime/core/intent.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import type { Ticket } from '../../../runtime/core/ticket.ts';
import type { NodeObserver } from '../../../runtime/node/observer.ts';
import { checkFor } from './recording-context.ts';

export class InMemoryMesh implements AgentsNode {
  /** Everything that was accepted, in order. */
  readonly sent: Intent[] = [];
  /** Set to make sending fail. */
  broken: Error | undefined;
  readonly stopping: AbortController = new AbortController();
  readonly #agents = new Map<string, AgentDefinition>();
  readonly #clock: Clock;
  readonly #observer: NodeObserver;
  #work: Promise<void> = Promise.resolve();

  constructor(agents: readonly AgentDefinition[], clock: Clock, observer: NodeObserver = {}) {
    for (const agent of agents) this.#agents.set(agent.kind, agent);
    this.#clock = clock;
    this.#observer = observer;
  }

  context(kind: string, parent?: Intent): AgentContext {
    return {
      tell: (to, draft) => this.#tell(kind, to, draft, parent),
      now: () => this.#clock.now(),
      log: silentLogger,
      signal: this.stopping.signal,
    };
  }

  async quiet(): Promise<void> {
    for (let work: Promise<void> | undefined; work !== this.#work; ) {
      work = this.#work;
      await work;
    }
  }

  async #tell(from: string, to: string, draft: IntentDraft, parent: Intent | undefined): Promise<Ticket> {
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

  async #handle(receiver: AgentDefinition, intent: Intent): Promise<void> {
    this.#observer.handling?.(intent, 1);
    try {
      await receiver.receive(intent, this.context(receiver.kind, intent));
      this.#observer.handled?.(intent);
    } catch (error) {
      this.#observer.dead?.(intent, reasonOf(error));
    }
  }
}
