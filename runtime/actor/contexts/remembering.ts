/** Capability: keeps what an agent has under way for its next life, in the node's working memory. */
import { ParleyError } from '../../core/errors.ts';
import type { AgentMemory } from '../context.ts';
import type { WorkingStore } from './ports.ts';
import { type Sender, sayAs } from './sending.ts';

/** The agent's node was started without a working memory. */
export class NoWorkingMemoryError extends ParleyError {
  readonly agent: string;

  constructor(agent: string) {
    super(
      'PARLEY_NO_WORKING_MEMORY',
      `"${agent}" has no ctx.working, because its node has no working memory: start it with "memory: { working }", ` +
        `for example natsWorkingMemory(transport.bucket('working')) of parley-runtime/memory`,
    );
    this.agent = agent;
  }
}

/** @throws NoWorkingMemoryError */
export function memoryOf(store: WorkingStore | undefined, sender: Sender): AgentMemory {
  const { self } = sender;
  if (store === undefined) throw new NoWorkingMemoryError(self);
  return {
    get: (key) => sayAs(sender, () => store.get(self, key)),
    set: (key, value, options) => sayAs(sender, () => store.set(self, key, value, options)),
    entries: () => sayAs(sender, () => store.entries(self)),
    delete: (key) => sayAs(sender, () => store.delete(self, key)),
  };
}
