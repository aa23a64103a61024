/** Any text as a key of a store: readable while it is short, hashed when it is long. Two texts never have the same. */
import { createHash } from 'node:crypto';
import { InvalidIdError } from '../core/errors.ts';

const longest = 128;

/**
 * One token of a NATS subject: letters, digits and `-` stand for themselves, `_` is written `__`, every other UTF-8 byte `_hh`.
 * The empty text is `_`; what would be longer than 128 characters is `=` and its SHA-256.
 * @throws InvalidIdError for lone surrogates, which are all the same as bytes
 */
export function storeKey(text: string): string {
  checkKeyText(text);
  if (text === '') return '_';
  const written = text.length > longest ? undefined : text.replace(/[^A-Za-z0-9-]/gu, escaped);
  if (written !== undefined && written.length <= longest) return written;
  return `=${createHash('sha256').update(text).digest('hex')}`;
}

/** @throws InvalidIdError */
export function checkKeyText(text: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  throw new InvalidIdError('key', 'well-formed Unicode, without lone surrogates', text);
}

const escaped = (char: string): string =>
  char === '_' ? '__' : Buffer.from(char).toString('hex').replace(/../g, '_$&');
