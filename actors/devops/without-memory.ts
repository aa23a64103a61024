/** Memories that remember nothing: to show what the real ones are worth. */
import type { EpisodicMemory } from '../../runtime/memory/episodic-memory.ts';
import type { SemanticMemory } from '../../runtime/memory/semantic-memory.ts';

export const noEpisodes: EpisodicMemory = Object.freeze({
  store: 'none',
  record: async () => 'not recorded',
  close: async () => false,
  recall: async () => [],
});

export const noKnowledge: SemanticMemory = Object.freeze({
  describe: 'none',
  store: async (text: string, metadata = {}) => ({ id: 'not stored', text, metadata, version: 0 }),
  invalidate: async () => undefined,
  search: async () => [],
  caughtUp: async () => undefined,
});
