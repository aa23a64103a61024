/**
 * Stores any text so that it comes back unchanged. Postgres has no character 0 and no lone surrogate: each is written as a mark
 * (U+001A, "substitute") followed by its code, and the mark itself as two marks.
 */
import type { Json } from '../core/json.ts';

const mark = '\u001a';
const escapes = /\\(?:\\|u0000|u001a|ud[89a-f][0-9a-f]{2})/g;
const marked = new RegExp(`${mark}(${mark}|0|d[89a-f][0-9a-f]{2})`, 'g');

export const keepText = (text: string): string => text.replace(/\p{Cc}|\p{Surrogate}/gu, kept);

function kept(character: string): string {
  if (character === mark) return mark + mark;
  if (character === '\0') return `${mark}0`;
  return /\p{Cc}/u.test(character) ? character : mark + character.charCodeAt(0).toString(16);
}

/** Returns JSON text for `jsonb`. `JSON.stringify` escapes exactly the characters in question. */
export function keepJson(value: Json): string {
  return JSON.stringify(value).replace(escapes, (found) => {
    if (found === '\\\\') return found;
    if (found === '\\u001a') return '\\u001a\\u001a';
    return found === '\\u0000' ? '\\u001a0' : `\\u001a${found.slice(2)}`;
  });
}

export const restoreText = (text: string): string => text.replace(marked, (_, what: string) => restored(what));

function restored(what: string): string {
  if (what === mark) return mark;
  return what === '0' ? '\0' : String.fromCharCode(Number.parseInt(what, 16));
}

export function restoreJson<T extends Json>(value: T): T;
export function restoreJson(value: Json): Json {
  if (typeof value === 'string') return restoreText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => restoreJson(item));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [restoreText(key), restoreJson(part as Json)]));
}
