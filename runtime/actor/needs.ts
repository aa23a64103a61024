/** The services that an agent's code uses: declared in its definition, given by its app. */
import { ParleyError } from '../core/errors.ts';
import { unknownName } from '../core/nearest-name.ts';

/** Made by `needs`. */
export interface Needs<V extends object> {
  /** For the compiler only. */
  readonly services?: V;
}

const declared: Needs<never> = Object.freeze({});

/**
 * Declares the type of `ctx.services`: `defineAgent({ services: needs<{ crm: Crm }>(), … })`. `defineApp` accepts the agent only
 * together with services of that type.
 */
export const needs = <V extends object>(): Needs<V> => declared;

export class UnknownServiceError extends ParleyError {
  readonly service: string;

  constructor(service: string, known: ReadonlySet<string>) {
    super(
      'PARLEY_UNKNOWN_SERVICE',
      `${unknownName('service', service, 'ctx.services', known)}; return it in "services" of what "services" of defineApp makes`,
    );
    this.service = service;
  }
}

/** Wraps services so that a missing one is an error with its name, not `undefined`. */
export function checkedServices<V extends object>(services: V): V {
  return new Proxy(services, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !(name in target) && !probed.has(name))
        throw new UnknownServiceError(name, new Set(Object.keys(target)));
      return Reflect.get(target, name, receiver) as unknown;
    },
    set: () => false,
  });
}

/** Names that JavaScript asks every object for: `await`, `JSON.stringify`. */
const probed: ReadonlySet<string> = new Set(['then', 'toJSON']);
