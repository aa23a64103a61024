/** Splits a trace query into tokens. A pure function of the text. */

export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'symbol' | 'end' }
  | { readonly kind: 'name'; readonly segments: readonly string[] }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
);

/** Text that starts no token, or a quote without an end. */
export interface Stray {
  readonly kind: 'stray';
  readonly at: number;
  readonly text: string;
}

const blank = /\s+/y;
const symbol = /[()]|>=|<=|!=|[=><]/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A quoted string; a quote inside it is doubled. */
const string = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"/y;
const name = /[A-Za-z_][\w-]*/y;
const segment = /\.(?:([\w-]+)|'((?:[^']|'')*)'|"((?:[^"]|"")*)")/y;

/** Returns all tokens plus an end token, or the tokens up to the first stray text. */
export function tokensOf(text: string): readonly (Token | Stray)[] {
  const tokens: (Token | Stray)[] = [];
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    const token = tokenAt(text, at);
    tokens.push(token);
    if (token.kind === 'stray') return tokens;
    at = skipBlanks(text, at + token.text.length);
  }
  tokens.push({ kind: 'end', at: text.length, text: '' });
  return tokens;
}

const skipBlanks = (text: string, at: number): number => at + (matchAt(blank, text, at)?.[0].length ?? 0);

function tokenAt(text: string, at: number): Token | Stray {
  const found = matchAt(symbol, text, at);
  if (found !== undefined) return { kind: 'symbol', at, text: found[0] };
  const digits = matchAt(number, text, at);
  if (digits !== undefined) return { kind: 'number', at, text: digits[0], value: Number(digits[0]) };
  const quoted = matchAt(string, text, at);
  if (quoted !== undefined) return { kind: 'string', at, text: quoted[0], value: unquote(quoted[1], quoted[2]) };
  const first = matchAt(name, text, at);
  if (first !== undefined) return nameAt(text, at, first[0]);
  return { kind: 'stray', at, text: text.slice(at, at + 1) };
}

function nameAt(text: string, at: number, first: string): Token {
  const segments = [first];
  let end = at + first.length;
  for (let next = matchAt(segment, text, end); next !== undefined; next = matchAt(segment, text, end)) {
    segments.push(next[1] ?? unquote(next[2], next[3]));
    end += next[0].length;
  }
  return { kind: 'name', at, text: text.slice(at, end), segments };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const unquote = (single: string | undefined, double: string | undefined): string =>
  single?.replaceAll("''", "'") ?? double?.replaceAll('""', '"') ?? '';
