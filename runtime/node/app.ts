/** An app: the agents of one pool. The node's options set the mesh and the limits. */
import type { CompiledAgent } from '../actor/compiled-agent.ts';
import type { Agent, AnyAgent } from '../actor/define-agent.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkPool } from '../core/ids.ts';
import { checkFunction, checkOptions, namesOf } from '../core/options.ts';
import type { OpenServices } from './services.ts';

export interface App {
  /** Made by `defineAgent`; a node without agents only sends. */
  readonly agents: readonly AnyAgent[];
  /** The pool of their mailboxes; each app in a mesh needs its own. `main` by default. */
  readonly pool?: string;
  /** Opens what the agents act and remember with, once on each node. */
  readonly services?: OpenServices;
}

/** The services that these agents declare, all together. */
export type NeedsOf<A extends readonly AnyAgent[]> = A[number] extends {
  readonly uses?: (services: infer V extends object) => void;
}
  ? [V] extends [never]
    ? object
    : V
  : object;

/** The same, with the services that its agents need. */
export type AppDefinition<A extends readonly AnyAgent[]> = Omit<App, 'agents' | 'services'> & {
  readonly agents: A;
  readonly services?: OpenServices<NeedsOf<A>>;
} & ([object] extends [NeedsOf<A>] ? unknown : { readonly services: unknown });

export interface CompiledApp {
  readonly agents: ReadonlyMap<string, CompiledAgent>;
  readonly pool: string;
  readonly openServices: OpenServices | undefined;
}

/**
 * Checks an app: the default export of a module for `parley run`, or the first argument of `startNode`. The compiler checks that
 * its services have the type that each agent `needs`.
 * @throws InvalidOptionError, InvalidIdError
 */
export const defineApp = <A extends readonly AnyAgent[]>(app: AppDefinition<A>): App =>
  checkedApp(app as unknown as App);

/** The same for an app whose type is known no more. */
export function checkedApp(app: App): App {
  compileApp(app);
  return Object.freeze({ ...app });
}

const appNames = namesOf<App>({ agents: true, pool: true, services: true });

export function compileApp(app: App): CompiledApp {
  checkOptions('defineApp', app, appNames);
  const { agents, pool = 'main', services } = app;
  checkFunction('services', services);
  if (!Array.isArray(agents)) throw new InvalidOptionError('agents', 'a list of agents made by defineAgent', agents);
  const byKind = new Map<string, CompiledAgent>();
  for (const agent of agents as readonly Partial<Agent>[]) {
    if (agent?.compiled === undefined) throw new InvalidOptionError('agents', 'made by defineAgent', agent);
    const { kind } = agent.compiled;
    if (byKind.has(kind)) throw new InvalidOptionError('agents', 'of different kinds', kind);
    byKind.set(kind, agent.compiled);
  }
  return { agents: byKind, pool: checkPool(pool), openServices: services };
}
