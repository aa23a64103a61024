/** Knowledge by meaning. */
import type { JsonObject } from '../core/json.ts';

export interface KnowledgeDocument {
  /** Hash of its text: the same text is the same document. */
  readonly id: string;
  readonly text: string;
  readonly metadata: JsonObject;
  /** Of its newest change: grows over all documents. */
  readonly version: number;
}

export interface KnowledgeMatch extends KnowledgeDocument {
  /** Cosine similarity, -1 to 1. */
  readonly score: number;
}

export interface KnowledgeQuery {
  readonly text: string;
  /** At most 100; 5 by default. */
  readonly limit?: number;
  /** Only documents whose metadata has all of these values. */
  readonly where?: Readonly<Record<string, string>>;
}

export interface SemanticMemory {
  /** How it searches and with which embedder, for people: `hnsw, all-MiniLM-L6-v2`, `exact scan, lexical hashing`. */
  readonly describe: string;
  /** Resolves when the change is in the stream: this node's index has it when `version` of a search is at least as high. */
  store(text: string, metadata?: JsonObject): Promise<KnowledgeDocument>;
  /** A document that is no longer true: kept in the stream, not found any more. */
  invalidate(id: string, reason: string): Promise<void>;
  /** Best first; of the same score, by id. */
  search(query: KnowledgeQuery): Promise<readonly KnowledgeMatch[]>;
  /** Resolves when the index holds everything that was in the stream when this was called. */
  caughtUp(): Promise<void>;
}
