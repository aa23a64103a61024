/** The context of an activation: for its hooks or timers. */
import { InvalidOptionError } from '../../core/errors.ts';
import type { Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Activation } from '../activation.ts';
import type { ActivationContext, AgentMemories, AgentMemory, AgentTimers } from '../context.ts';
import { checkDetail, checkMessage, checkQuery } from '../context-arguments.ts';
import type { Doing } from '../under-way.ts';
import type { ContextPorts } from './ports.ts';
import { SenderMemories, workingOf } from './remembering.ts';
import { AgentSender } from './sender-context.ts';
import { broadcastAs } from './sending.ts';
import { escalateAs, reasonAs, stepAs, type Worker } from './steps.ts';

export class HookContext extends AgentSender implements ActivationContext, Worker, Doing {
  readonly activation: Activation;
  begunAt = 0;
  earlier: Doing | undefined;
  later: Doing | undefined;

  constructor(ports: ContextPorts, activation: Activation, parent?: Intent) {
    super(ports, activation.id, parent, activation.lease);
    this.activation = activation;
    activation.running = this;
    ports.underWay.begin(this);
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    if (this.activation.running === this) this.activation.running = undefined;
    this.ports.underWay.end(this);
  }

  get state(): unknown {
    return this.activation.state;
  }

  set state(value: unknown) {
    this.activation.state = value;
  }

  get timers(): AgentTimers {
    const { timers, agent } = this.activation;
    if (timers === undefined) {
      const rule = `functions by name in the definition of "${agent.kind}", before any can be set`;
      throw new InvalidOptionError('timers', rule, undefined);
    }
    return timers;
  }

  get working(): AgentMemory {
    return workingOf(this.ports.memory, this);
  }

  get memory(): AgentMemories {
    return new SenderMemories(this.ports.memory, this);
  }

  get services(): object {
    return this.ports.services;
  }

  get step(): ActivationContext['step'] {
    return stepAs(this.ports, this);
  }

  get reason(): ActivationContext['reason'] {
    return reasonAs(this.ports, this);
  }

  get find(): ActivationContext['find'] {
    return async (query) => this.ports.messaging.find(checkQuery(query).accepts);
  }

  get broadcast(): ActivationContext['broadcast'] {
    return broadcastAs(this.ports.messaging, this);
  }

  get escalate(): ActivationContext['escalate'] {
    return async (message: string, detail: JsonObject = {}) =>
      escalateAs(this.ports, this)('agent', checkMessage(message), checkDetail(detail));
  }
}
