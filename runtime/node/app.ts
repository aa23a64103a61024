/** An app: the agents of one pool. The node's options set the mesh and the limits. */
import type { CompiledAgent } from '../actor/compiled-agent.ts';
import type { Agent } from '../actor/define-agent.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkPool } from '../core/ids.ts';
import { checkOptions, namesOf } from '../core/options.ts';

export interface App {
  /** Made by `defineAgent`; a node without agents only sends. */
  readonly agents: readonly Agent[];
  /** The pool of their mailboxes; each app in a mesh needs its own. `main` by default. */
  readonly pool?: string;
}

export interface CompiledApp {
  readonly agents: ReadonlyMap<string, CompiledAgent>;
  readonly pool: string;
}

/**
 * Checks an app: the default export of a module for `parley run`, or the first argument of `startNode`.
 * @throws InvalidOptionError, InvalidIdError
 */
export function defineApp(app: App): App {
  compileApp(app);
  return Object.freeze({ ...app });
}

const appNames = namesOf<App>({ agents: true, pool: true });

export function compileApp(app: App): CompiledApp {
  checkOptions('defineApp', app, appNames);
  const { agents, pool = 'main' } = app;
  if (!Array.isArray(agents)) throw new InvalidOptionError('agents', 'a list of agents made by defineAgent', agents);
  const byKind = new Map<string, CompiledAgent>();
  for (const agent of agents as readonly Partial<Agent>[]) {
    if (agent?.compiled === undefined) throw new InvalidOptionError('agents', 'made by defineAgent', agent);
    const { kind } = agent.compiled;
    if (byKind.has(kind)) throw new InvalidOptionError('agents', 'of different kinds', kind);
    byKind.set(kind, agent.compiled);
  }
  return { agents: byKind, pool: checkPool(pool) };
}
