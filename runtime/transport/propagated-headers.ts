/** Which headers travel: out, those that are safe to write; in, those that somebody asked for. */
import type { MessageHeaders } from '../core/delivery.ts';
import { InvalidIdError } from '../core/errors.ts';

/** Beside the largest intent and the server's own there is room for far more; nobody's trace context comes near. */
const mostBytes = 8_192;
const nameRule = /^(?!nats-)[a-z0-9-]+$/;
const idRule = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;
const valueRule = /^[\x20-\x7e]+$/;

/** The server's own headers (`nats-…`) are never anybody's to set, no value ends its line, and all of them have a bound. */
export function outgoingHeaders(headers: MessageHeaders): readonly (readonly [string, string])[] {
  let bytes = 0;
  return Object.entries(headers).filter(([name, value]) => {
    bytes += name.length + value.length;
    return bytes <= mostBytes && nameRule.test(name) && valueRule.test(value);
  });
}

/** Ids are made by Parley: one that is something else would be a header of its own, or none. @throws InvalidIdError */
export function checkMessageId(id: string): string {
  if (idRule.test(id)) return id;
  throw new InvalidIdError('message id', '1 to 256 characters of ASCII on one line', id);
}

export class PropagatedHeaders {
  #names: readonly string[] = [];

  propagate(names: readonly string[]): void {
    this.#names = [...new Set([...this.#names, ...names])];
  }

  /** @param read the value of a message's header, empty when it is not there; not called for nothing: it costs parsing */
  pick<T>(message: T, read: (message: T, name: string) => string): MessageHeaders | undefined {
    if (this.#names.length === 0) return undefined;
    const found = this.#names.map((name) => [name, read(message, name)] as const).filter(([, value]) => value !== '');
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
}
