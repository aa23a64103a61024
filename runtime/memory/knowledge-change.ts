/** A change of knowledge, as a record of the stream `knowledge`. It holds texts, never vectors: each node embeds for itself. */
import { createHash } from 'node:crypto';
import { InvalidIdError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { checkWholeText, exactJson } from './exact-json.ts';
import { KnowledgeTooLargeError } from './memory-errors.ts';
import type { KnowledgeDocument } from './semantic-memory.ts';

export type KnowledgeChange =
  | { readonly kind: 'store'; readonly id: string; readonly text: string; readonly metadata: JsonObject }
  | { readonly kind: 'invalidate'; readonly id: string; readonly reason: string };

/** Bytes of the largest document: a NATS message holds 1 MiB, and a model reads 512 tokens. */
const largest = 512 * 1024;
const idPattern = /^[0-9a-f]{32}$/;

/** Derives the id of a document from its text: equal texts are one document. */
export const documentId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Returns a valid id unchanged. @throws InvalidIdError */
export function checkDocumentId(id: string): string {
  if (idPattern.test(id)) return id;
  throw new InvalidIdError('document id', '32 hexadecimal digits, as store and search give it', id);
}

/** Encodes a change as a record. @throws KnowledgeTooLargeError, MemoryValueError */
export function encodeChange(change: KnowledgeChange): Uint8Array {
  const { kind } = change;
  const memory = 'semantic memory';
  const fields: JsonObject = kind === 'store' ? storedFields(memory, change) : { reason: change.reason };
  const payload = Buffer.from(exactJson(memory, { v: 1, kind, id: change.id, ...fields }));
  if (payload.length > largest) throw new KnowledgeTooLargeError(payload.length, largest);
  return payload;
}

/** Checks the fields of a document. Its id is derived from the bytes of its text. */
function storedFields(memory: string, { text, metadata }: KnowledgeChange & { readonly kind: 'store' }): JsonObject {
  checkWholeText(memory, text, '.text');
  return { text, metadata };
}

/** Decodes a record; `undefined` for one that is malformed, or of a newer format: every client may publish to the stream. */
export function decodeChange(payload: Uint8Array): KnowledgeChange | undefined {
  const record = parsed(payload);
  if (!isObject(record) || record.v !== 1) return undefined;
  const { kind, id, text, metadata, reason } = record;
  if (kind === 'store' && typeof text === 'string' && isObject(metadata)) {
    return { kind, id: documentId(text), text, metadata: metadata as JsonObject };
  }
  if (kind !== 'invalidate' || typeof id !== 'string') return undefined;
  return { kind, id, reason: String(reason) };
}

/** Folds ordered changes into the newest state of each document; `undefined` for an invalidated one. */
export function foldChanges(
  changes: readonly { readonly seq: number; readonly change: KnowledgeChange }[],
): ReadonlyMap<string, KnowledgeDocument | undefined> {
  const newest = new Map<string, KnowledgeDocument | undefined>();
  for (const { seq, change } of changes) {
    const { id } = change;
    newest.set(
      id,
      change.kind === 'store' ? { id, text: change.text, metadata: change.metadata, version: seq } : undefined,
    );
  }
  return newest;
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}
