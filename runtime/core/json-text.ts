/**
 * Parser for JSON files written by people: accepts the exact text, or refuses it with line and column. `JSON.parse` rounds
 * large numbers, keeps the last of two equal keys, and quotes the text, which may hold a password, in its errors.
 */
import { isUtf8 } from 'node:buffer';
import { keepsValue } from './exact-number.ts';
import type { Json } from './json.ts';

/** Why a JSON text is refused. The message quotes nothing but key names and the characters at fault. */
export class JsonTextError extends Error {
  constructor(fault: string) {
    super(fault);
    this.name = 'JsonTextError';
  }
}

const deepest = 200;

/** Detects a UTF-16 byte order mark, or the zero byte that UTF-16 has in every ASCII character. */
export const looksLikeUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) ||
  (bytes[0] === 0xfe && bytes[1] === 0xff) ||
  (bytes.length >= 2 && (bytes[0] === 0) !== (bytes[1] === 0));

/** Decodes the text of a file, without a byte order mark. @throws JsonTextError */
function decodeText(bytes: Uint8Array): string {
  if (looksLikeUtf16(bytes)) throw new JsonTextError('it is UTF-16: save it as UTF-8');
  if (!isUtf8(bytes)) throw new JsonTextError('it has bytes that are not UTF-8: save it as UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * @throws JsonTextError for a text that is not JSON, a duplicate key, a key that reaches a prototype, or a number that would be
 * changed
 */
export function parseJsonText(given: Uint8Array | string): Json {
  const text = typeof given === 'string' ? given.replace(/^\uFEFF/, '') : decodeText(given);
  return new JsonReader(text, true).whole();
}

const blanks = /[ \t\n\r]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const words: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Finds numbers that may lose digits: sixteen digits, or fewer with an exponent; a very small exponent may give 0. The
 * characters after the exponent tell a number from most texts, such as hexadecimal ids.
 */
const suspicious = /\d{16}|\d[eE](?:\+?\d|-\d{3})\d*(?:[\s,\]}]|$)/;

/**
 * Parses like `JSON.parse`, but refuses numbers that would be changed. For frequent texts, which rarely have such numbers.
 * @throws JsonTextError, SyntaxError
 */
export function parseExactly(bytes: Uint8Array): Json {
  const text = decodeText(bytes);
  return suspicious.test(text) ? new JsonReader(text, false).whole() : (JSON.parse(text) as Json);
}

class JsonReader {
  readonly #text: string;
  /** Also refuses duplicate keys, `__proto__` and lone surrogates, which a person has surely not meant. */
  readonly #isStrict: boolean;
  #at = 0;

  constructor(text: string, isStrict: boolean) {
    this.#text = text;
    this.#isStrict = isStrict;
  }

  whole(): Json {
    const value = this.#value('', 0);
    this.#token(blanks);
    if (this.#at < this.#text.length) throw this.#fault('there is more after the end of the document');
    return value;
  }

  #value(path: string, depth: number): Json {
    this.#token(blanks);
    if (depth > deepest) throw this.#fault(`it is nested more than ${deepest} deep`);
    const next = this.#text[this.#at];
    if (next === '{') return this.#object(path, depth);
    if (next === '[') return this.#array(path, depth);
    if (next === '"') return this.#string();
    const word = words.find(([name]) => this.#text.startsWith(name, this.#at));
    if (word === undefined) return this.#number(path);
    this.#at += word[0].length;
    return word[1];
  }

  #object(path: string, depth: number): Json {
    const found: Record<string, Json> = {};
    this.#at++;
    if (this.#take('}')) return found;
    do {
      this.#token(blanks);
      if (this.#text[this.#at] !== '"') throw this.#fault('a key in double quotes is expected');
      const start = this.#at;
      const key = this.#string();
      if (this.#isStrict && (key === '__proto__' || Object.hasOwn(found, key))) {
        this.#at = start;
        const why = key === '__proto__' ? 'is not allowed' : 'comes twice in one object';
        throw this.#fault(`key ${JSON.stringify(key.slice(0, 80))} ${why}`);
      }
      if (!this.#take(':')) throw this.#fault('":" is expected after a key');
      const value = this.#value(`${path}.${key}`, depth + 1);
      // an assignment to "__proto__" would change what the object inherits
      Object.defineProperty(found, key, { value, enumerable: true, writable: true, configurable: true });
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#fault('"," or "}" is expected');
    return found;
  }

  #array(path: string, depth: number): Json {
    const found: Json[] = [];
    this.#at++;
    if (this.#take(']')) return found;
    do found.push(this.#value(`${path}[${found.length}]`, depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#fault('"," or "]" is expected');
    return found;
  }

  #string(): string {
    const start = this.#at;
    const token = this.#quoted();
    if (token === undefined) throw this.#fault('a text in double quotes does not end');
    const text = unquoted(token);
    if (text !== undefined && !(this.#isStrict && /\p{Surrogate}/u.test(text))) return text;
    this.#at = start;
    throw this.#fault(
      text === undefined ? 'a text has a character that must be escaped' : 'a text has half a character',
    );
  }

  /**
   * Scans a quoted token, with its quotes. Looks at each character once: a backtracking pattern would not end on a text without
   * a closing quote.
   */
  #quoted(): string | undefined {
    const start = this.#at;
    for (let end = this.#text.indexOf('"', start + 1); end !== -1; end = this.#text.indexOf('"', end + 1)) {
      let escapes = 0;
      while (this.#text[end - 1 - escapes] === '\\') escapes++;
      if (escapes % 2 === 1) continue;
      this.#at = end + 1;
      return this.#text.slice(start, end + 1);
    }
    return undefined;
  }

  #number(path: string): number {
    const start = this.#at;
    const token = this.#token(numberToken);
    if (token === undefined)
      throw this.#fault(this.#at < this.#text.length ? 'a value is expected' : 'it ends too early');
    const number = Number(token);
    if (keepsValue(token, number)) return number;
    this.#at = start;
    const where = path === '' ? 'the number' : `the number at ${path.slice(-120)}`;
    throw this.#fault(`${where} cannot be kept exactly: write it as a text, in double quotes`);
  }

  #take(character: string): boolean {
    this.#token(blanks);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #fault(what: string): JsonTextError {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    return new JsonTextError(`line ${line}, column ${this.#at - before.lastIndexOf('\n')}: ${what}`);
  }
}

/** Decodes the escapes of a token; `undefined` for what JSON does not allow in one. */
function unquoted(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}
