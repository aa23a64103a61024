/** The public names of `parley-runtime/memory`: ports, and the adapters that need nothing but NATS. Redis: `parley-runtime/redis`; Postgres: `parley-runtime/postgres`. */
export { chooseEmbedder } from './choose-embedder.ts';
export type { Embedder } from './embedder.ts';
export type { Episode, EpisodeOutcome, EpisodicMemory, NewEpisode, RecallQuery } from './episodic-memory.ts';
export { MemoryValueError } from './exact-json.ts';
export { lexicalEmbedder } from './lexical-embedder.ts';
export {
  EmbeddingSizeError,
  KnowledgeTooLargeError,
  ModelEndedError,
  ModelError,
  ModelLibraryError,
  SemanticMemoryClosedError,
} from './memory-errors.ts';
export { minilmEmbedder } from './minilm-embedder.ts';
export { natsSharedMemory } from './nats-shared-memory.ts';
export { type NatsWorkingOptions, natsWorkingMemory } from './nats-working-memory.ts';
export type { KnowledgeDocument, KnowledgeMatch, KnowledgeQuery, SemanticMemory } from './semantic-memory.ts';
export { type SharedMemory, SharedValueTooLargeError, sharedLimits, type Versioned } from './shared-memory.ts';
export { type OpenSemanticMemory, openSemanticMemory, type SemanticOptions } from './stream-semantic-memory.ts';
export { type WorkingMemory, type WorkingOptions, WorkingValueTooLargeError, workingLimits } from './working-memory.ts';
