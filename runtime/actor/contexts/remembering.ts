/** Capability: the memories of the app, as long as the handling or activation lasts. */
import { ParleyError } from '../../core/errors.ts';
import type { EpisodicMemory } from '../../memory/episodic-memory.ts';
import type { SemanticMemory } from '../../memory/semantic-memory.ts';
import type { SharedMemory } from '../../memory/shared-memory.ts';
import type { AgentMemories, AgentMemory } from '../context.ts';
import type { AppMemory, WorkingStore } from './ports.ts';
import { type Sender, sayAs } from './sending.ts';

/** The app has no memory of this name. */
export class NoMemoryError extends ParleyError {
  readonly agent: string;
  readonly memory: keyof AppMemory;

  constructor(agent: string, memory: keyof AppMemory) {
    super(
      'PARLEY_NO_MEMORY',
      `agent "${agent}" uses ${memory} memory, but its app has none: return "memory: { ${memory} }" from "services" of defineApp, ` +
        'made by parley-runtime/memory, parley-runtime/postgres or parley-runtime/redis',
    );
    this.agent = agent;
    this.memory = memory;
  }
}

/** The agent's own part of working memory. @throws NoMemoryError */
export function workingOf(memory: AppMemory, sender: Sender): AgentMemory {
  const { self } = sender;
  const store: WorkingStore = given(memory, 'working', sender);
  return {
    get: (key) => sayAs(sender, () => store.get(self, key)),
    set: (key, value, options) => sayAs(sender, () => store.set(self, key, value, options)),
    entries: () => sayAs(sender, () => store.entries(self)),
    delete: (key) => sayAs(sender, () => store.delete(self, key)),
  };
}

/** Each memory is made at its first use, and throws where the app has none. */
export class SenderMemories implements AgentMemories {
  readonly #memory: AppMemory;
  readonly #sender: Sender;

  constructor(memory: AppMemory, sender: Sender) {
    this.#memory = memory;
    this.#sender = sender;
  }

  get working(): AgentMemory {
    return workingOf(this.#memory, this.#sender);
  }

  get shared(): SharedMemory {
    const sender = this.#sender;
    const found = given(this.#memory, 'shared', sender);
    return {
      store: found.store,
      read: (key) => sayAs(sender, () => found.read(key)),
      writeIfVersion: (key, value, expected) => sayAs(sender, () => found.writeIfVersion(key, value, expected)),
      removeIfVersion: (key, expected) => sayAs(sender, () => found.removeIfVersion(key, expected)),
    };
  }

  get episodic(): EpisodicMemory {
    const sender = this.#sender;
    const found = given(this.#memory, 'episodic', sender);
    return {
      store: found.store,
      record: (episode) => sayAs(sender, () => found.record(episode)),
      close: (id, outcome) => sayAs(sender, () => found.close(id, outcome)),
      recall: (query) => sayAs(sender, () => found.recall(query)),
    };
  }

  get semantic(): SemanticMemory {
    const sender = this.#sender;
    const found = given(this.#memory, 'semantic', sender);
    return {
      describe: found.describe,
      store: (text, metadata) => sayAs(sender, () => found.store(text, metadata)),
      invalidate: (id, reason) => sayAs(sender, () => found.invalidate(id, reason)),
      search: (query) => sayAs(sender, () => found.search(query)),
      caughtUp: () => sayAs(sender, () => found.caughtUp()),
    };
  }
}

function given<K extends keyof AppMemory>(memory: AppMemory, name: K, { self }: Sender): NonNullable<AppMemory[K]> {
  const found = memory[name];
  if (found === undefined) throw new NoMemoryError(self, name);
  return found;
}
