/** One text for one JSON value, whatever the order of its keys (RFC 8785), and its hash. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from './json.ts';

/** @throws Error for what is no JSON, and for half a surrogate pair, which RFC 8785 refuses */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value that is no JSON has no canonical text');
  return text;
}

/** SHA-256 of the canonical text, hexadecimal. */
export const hashOf = (value: Json): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
