/** Opens the services of an app before its node serves; closes them in reverse order after it has stopped. */
import { type Clock, within } from '../core/clock.ts';
import { InvalidOptionError, legible, ParleyError, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { placeOf, stackOf } from '../core/stack.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import { natsSharedMemory } from '../memory/nats-shared-memory.ts';
import { natsWorkingMemory } from '../memory/nats-working-memory.ts';
import type { ActOptions } from '../policy/act-options.ts';
import type { CompiledNode } from './node-options.ts';
import { actOptionsOf, checkServices, type NodeServices, type Part, type ServiceEnv } from './services.ts';

/** The services of an app could not be opened; what was open is closed again. */
export class ServicesError extends ParleyError {
  constructor(cause: unknown) {
    const place = placeOf(stackOf(cause));
    const why = place === undefined ? reasonOf(cause) : `${reasonOf(cause)} (${place})`;
    super('PARLEY_SERVICES', `"services" of the app failed: ${why}; the node does not start without them`, { cause });
  }
}

export interface OpenedServices {
  readonly given: NodeServices;
  /** Why parts do not work now. */
  readonly obstacles: readonly string[];
  /** Aborts `env.signal`: the node stops. */
  abort(): void;
  close(): Promise<void>;
}

/** How long a part may take to close. */
const closeMs = 1_000;

/** A node with its services: what its options name takes the place of what the app gives. */
export interface ReadyNode extends CompiledNode {
  readonly actions: ActOptions;
  readonly opened: OpenedServices;
}

export function withServices(setup: CompiledNode, opened: OpenedServices): ReadyNode {
  const { given } = opened;
  const { transport, clock, random } = setup;
  return {
    ...setup,
    actions: setup.actions ?? actOptionsOf(given),
    memory: {
      working: natsWorkingMemory(transport.bucket('working'), { clock, random }),
      shared: natsSharedMemory(transport.bucket('shared'), random),
      ...given.memory,
      ...setup.memory,
    },
    services: { ...given.services, ...setup.services },
    opened,
  };
}

/** @throws ServicesError, InvalidOptionError for what was returned, NodeStoppingError when the start is given up */
export async function openServices(setup: CompiledNode): Promise<OpenedServices> {
  const { mesh, pool, transport, clock, log, dataDir, signal } = setup;
  const open = setup.opensNothing ? undefined : setup.openServices;
  const parts = new Parts(clock, log);
  const stopping = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      stopping.abort();
      reject(new NodeStoppingError());
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
  const env: ServiceEnv = {
    scope: 'node',
    mesh,
    pool,
    transport,
    clock,
    log,
    dataDir,
    signal: stopping.signal,
    use: (part) => parts.use(part),
  };
  try {
    const opening = Promise.resolve(open === undefined ? {} : open(env));
    // what still opens when the node stops meanwhile is closed by `use`
    const given = await Promise.race([opening, stopped]);
    return {
      given: checkServices(given),
      get obstacles() {
        return parts.obstacles;
      },
      abort: () => stopping.abort(),
      close: () => parts.close(),
    };
  } catch (thrown) {
    stopping.abort();
    await parts.close();
    if (thrown instanceof NodeStoppingError || thrown instanceof InvalidOptionError) throw thrown;
    throw new ServicesError(legible(thrown));
  } finally {
    stopped.catch(() => undefined);
  }
}

/** The parts in use, in the order in which they were opened. */
class Parts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #open: Part[] = [];
  #closed = false;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  get obstacles(): readonly string[] {
    return this.#open.flatMap((part) => {
      const { obstacle } = part;
      return obstacle === undefined ? [] : [`${nameOf(part)} does not work: ${obstacle}`];
    });
  }

  use<T extends Part>(part: T): T {
    if (disposer(part) === undefined) {
      throw new InvalidOptionError('env.use', 'a part with [Symbol.asyncDispose]() or [Symbol.dispose]()', part);
    }
    if (this.#closed) void this.#close(part);
    else this.#open.push(part);
    return part;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const part of this.#open.splice(0).reverse()) await this.#close(part);
  }

  async #close(part: Part): Promise<void> {
    const what = nameOf(part);
    const closing = async (): Promise<true> => {
      try {
        await disposer(part)?.call(part);
      } catch (error) {
        this.#log.warn({ what, reason: reasonOf(error) }, 'a service could not be closed');
      }
      return true;
    };
    if ((await within(this.#clock, closeMs, closing())) === undefined)
      this.#log.warn({ what, ms: closeMs }, 'a service did not close in time');
  }
}

function disposer(part: unknown): (() => unknown) | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const { [Symbol.asyncDispose]: asyncDispose, [Symbol.dispose]: dispose } = part as Partial<
    AsyncDisposable & Disposable
  >;
  return asyncDispose ?? dispose;
}

const nameOf = ({ describe, constructor: { name } }: Part): string => describe ?? name;
