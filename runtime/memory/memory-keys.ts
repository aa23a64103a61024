/** Any text as a key of the store, and back out of nobody's way. */
import { createHash } from 'node:crypto';

/** Bytes of a text that are written out; longer ones are hashed. */
const writtenOut = 64;

/** `[a-z0-9_]` only; two texts never have the same. */
export function storeKey(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= writtenOut) return `t_${bytes.toString('hex')}`;
  return `h_${createHash('sha256').update(bytes).digest('hex')}`;
}
