/** Filters headers: outgoing ones that are safe to write, incoming ones that the configuration asks for. */
import type { MessageHeaders } from '../core/delivery.ts';
import { InvalidIdError } from '../core/errors.ts';

/** Well below the room beside the largest intent and the server's own headers, and far more than a trace context needs. */
const mostBytes = 8_192;
const nameRule = /^(?!nats-)[a-z0-9-]+$/;
const idRule = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;
const valueRule = /^[\x20-\x7e]+$/;

/**
 * Checks outgoing headers: the server's own (`nats-…`) cannot be set, no value contains a line end, and their total size is
 * limited.
 */
export function outgoingHeaders(headers: MessageHeaders): readonly (readonly [string, string])[] {
  let bytes = 0;
  return Object.entries(headers).filter(([name, value]) => {
    bytes += name.length + value.length;
    return bytes <= mostBytes && nameRule.test(name) && valueRule.test(value);
  });
}

/** Refuses message ids that Parley does not make: such a text could add a header, or be empty. @throws InvalidIdError */
export function checkMessageId(id: string): string {
  if (idRule.test(id)) return id;
  throw new InvalidIdError('message id', '1 to 256 characters of ASCII on one line', id);
}

export class PropagatedHeaders {
  #names: readonly string[] = [];

  propagate(names: readonly string[]): void {
    this.#names = [...new Set([...this.#names, ...names])];
  }

  /** @param read the value of a message's header, empty when absent; called only when necessary, because it costs parsing */
  pick<T>(message: T, read: (message: T, name: string) => string): MessageHeaders | undefined {
    if (this.#names.length === 0) return undefined;
    const found = this.#names.map((name) => [name, read(message, name)] as const).filter(([, value]) => value !== '');
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
}
