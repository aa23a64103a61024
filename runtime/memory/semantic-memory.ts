/** The memory of knowledge, searched by meaning. */
import type { JsonObject } from '../core/json.ts';

export interface KnowledgeDocument {
  /** The hash of its text: equal texts are one document. */
  readonly id: string;
  readonly text: string;
  readonly metadata: JsonObject;
  /** The version of its newest change; grows over all documents. */
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
  /** Only documents whose metadata have all of these values. */
  readonly where?: Readonly<Record<string, string>>;
}

export interface SemanticMemory {
  /** The kind of search with its embedder, for display: `hnsw, all-MiniLM-L6-v2`, `exact scan, lexical hashing`. */
  readonly describe: string;
  /** Resolves when the change is in the stream: the index of this node has it once `version` of a search is as high. */
  store(text: string, metadata?: JsonObject): Promise<KnowledgeDocument>;
  /** Invalidates a document that is no longer true: it stays in the stream, but searches no longer find it. */
  invalidate(id: string, reason: string): Promise<void>;
  /** Returns matches best first; equal scores are ordered by id. */
  search(query: KnowledgeQuery): Promise<readonly KnowledgeMatch[]>;
  /** Resolves when the index holds everything that was in the stream at the time of the call. */
  caughtUp(): Promise<void>;
}
