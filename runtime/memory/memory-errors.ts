/** Errors of semantic memory with its models. */
import { ParleyError } from '../core/errors.ts';

/** A vector has another size than the index expects. */
export class EmbeddingSizeError extends ParleyError {
  constructor(embedder: string, expected: number, found: number) {
    super(
      'PARLEY_EMBEDDING_SIZE',
      `embedder "${embedder}" gives ${found} dimensions where ${expected} are expected: use the model that the index was made with`,
    );
  }
}

/** The named folder has no usable model. */
export class ModelError extends ParleyError {
  constructor(folder: string, why: string, cause?: unknown) {
    super('PARLEY_MODEL', `no model can be loaded from "${folder}": ${why}; correct or unset PARLEY_MODEL_DIR`, {
      cause,
    });
  }
}

/** The library that reads models, an optional dependency, is not installed. */
export class ModelLibraryError extends ParleyError {
  readonly why: string;

  constructor(folder: string, why: string) {
    super(
      'PARLEY_MODEL_LIBRARY',
      `"@xenova/transformers", which reads the model in "${folder}", cannot be loaded: ${why}; install it, or unset PARLEY_MODEL_DIR`,
    );
    this.why = why;
  }
}

/** The process of the model has ended. */
export class ModelEndedError extends ParleyError {
  constructor(name: string, how: string) {
    super(
      'PARLEY_MODEL_ENDED',
      `model "${name}" gives no vector: its process ${how}; unless it was closed, the next text starts another`,
      { retryable: true },
    );
  }
}

export class KnowledgeTooLargeError extends ParleyError {
  constructor(bytes: number, limit: number) {
    super(
      'PARLEY_KNOWLEDGE_TOO_LARGE',
      `a document of ${bytes} bytes with its metadata is above the limit of ${limit}: store it in parts, each is found by itself`,
    );
  }
}

/** This semantic memory was closed. Another node, or the next process, can open it. */
export class SemanticMemoryClosedError extends ParleyError {
  constructor() {
    super('PARLEY_SEMANTIC_MEMORY_CLOSED', 'semantic memory was closed: it follows its stream no more', {
      retryable: true,
    });
  }
}
