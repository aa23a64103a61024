/**
 * Sends for an agent outside of any intent. Members of every context may be destructured (`const { tell, log } = ctx`): each is
 * created on first access, because most handlings use two of them.
 */
import type { AbortGroup } from '../../core/abort-group.ts';
import type { Intent } from '../../core/intent.ts';
import type { Logger } from '../../core/logger.ts';
import type { Lease } from '../../mailbox/lease.ts';
import type { Ask, SenderContext, Tell } from '../context.ts';
import type { ContextPorts } from './ports.ts';
import { askAs, type Sender, tellAs } from './sending.ts';

export class AgentSender implements SenderContext, Sender, Disposable {
  readonly self: string;
  readonly parent: Intent | undefined;
  readonly lease: Lease | undefined;
  protected readonly ports: ContextPorts;
  #controller: AbortController | undefined;

  /** @param lease of the sender's partition; without one no proof of ownership is required */
  constructor(ports: ContextPorts, self: string, parent?: Intent, lease?: Lease) {
    this.ports = ports;
    this.self = self;
    this.parent = parent;
    this.lease = lease;
  }

  get obstacle(): Error | undefined {
    return undefined;
  }

  get tell(): Tell {
    return tellAs(this.ports.messaging, this);
  }

  get ask(): Ask {
    return askAs(this.ports.messaging, this);
  }

  get now(): () => number {
    return () => this.ports.clock.now();
  }

  get log(): Logger {
    return this.ports.log;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#aborts.open();
    return this.#controller.signal;
  }

  /** Aborts the signal before the node does; later uses find it aborted. */
  abort(reason: Error): void {
    this.#controller ??= this.#aborts.open();
    this.#aborts.close(this.#controller);
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    if (this.#controller !== undefined) this.#aborts.close(this.#controller);
  }

  get #aborts(): AbortGroup {
    return this.lease?.aborts ?? this.ports.aborts;
  }
}
