/** What memory refuses, and why. */
import { ParleyError } from '../core/errors.ts';

/** Vectors of different sizes never meet in one index. */
export class EmbeddingSizeError extends ParleyError {
  constructor(embedder: string, expected: number, found: number) {
    super(
      'PARLEY_EMBEDDING_SIZE',
      `embedder "${embedder}" gives ${found} dimensions where ${expected} are expected: use the model that the index was made with`,
    );
  }
}

/** There is no model where one is said to be. */
export class ModelError extends ParleyError {
  constructor(folder: string, why: string, cause?: unknown) {
    super('PARLEY_MODEL', `no model can be loaded from "${folder}": ${why}; correct or unset PARLEY_MODEL_DIR`, {
      cause,
    });
  }
}
