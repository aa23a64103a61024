/** Canonical JSON (RFC 8785): one text per JSON value, independent of key order, with its hash. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from './json.ts';

/** @throws Error for a value that is not JSON, and for an unpaired surrogate, which RFC 8785 refuses */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value that is no JSON has no canonical text');
  return text;
}

/** Computes the SHA-256 of the canonical text, hexadecimal. */
export const hashOf = (value: Json): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
