/** Turns any text into a store key: a short text stays readable, a long one is hashed. Different texts have different keys. */
import { createHash } from 'node:crypto';
import { InvalidIdError } from '../core/errors.ts';

const longest = 128;

/**
 * Returns one token of a NATS subject: letters, digits and `-` stay as they are, `_` becomes `__`, any other UTF-8 byte `_hh`.
 * The empty text becomes `_`; a token above 128 characters becomes `=` with the SHA-256 of the text.
 * @throws InvalidIdError for lone surrogates, which all become the same bytes
 */
export function storeKey(text: string): string {
  checkKeyText(text);
  if (text === '') return '_';
  const written = text.length > longest ? undefined : text.replace(/[^A-Za-z0-9-]/gu, escaped);
  if (written !== undefined && written.length <= longest) return written;
  return `=${createHash('sha256').update(text).digest('hex')}`;
}

/** Returns a well-formed text unchanged. @throws InvalidIdError */
export function checkKeyText(text: string): string {
  if (typeof text === 'string' && !/\p{Surrogate}/u.test(text)) return text;
  throw new InvalidIdError('key', 'a text of well-formed Unicode, without lone surrogates', text);
}

const escaped = (char: string): string =>
  char === '_' ? '__' : Buffer.from(char).toString('hex').replace(/../g, '_$&');
