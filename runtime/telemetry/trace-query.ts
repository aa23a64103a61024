/**
 * Parses queries over reasoning traces, such as `selected_action.scale_factor > 5 and not policy.effect = 'allow'`.
 *
 *   query      = conjunction { "or" conjunction }
 *   conjunction = negation { "and" negation }
 *   negation   = "not" negation | "(" query ")" | comparison
 *   comparison = path ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "contains" ) value
 *   path       = field { "." ( name | number | quoted ) }
 *   value      = number | quoted | "true" | "false" | "null"
 *
 * - Each comparison is true or false. It is false for a value of another kind: `scale_factor > 5` and `scale_factor != 5` are
 *   both false for `"big"`, or for a missing value. Only `null` matches a missing value.
 * - Where the path crosses a list, one of its elements has to match; `.0` names the first.
 * - `contains` looks for a text, ignoring case, in every text at or below the path.
 * - Text is compared character by character; time (`at`) as milliseconds since 1970, or as ISO 8601 in quotes.
 */
import { fromIso } from '../core/clock.ts';
import { ParleyError, show } from '../core/errors.ts';
import {
  canHaveParts,
  isField,
  isTime,
  kindOf,
  kindsOf,
  operatorsOf,
  type TraceField,
  type TraceOperator,
  traceFields,
} from './trace-fields.ts';
import { type Stray, type Token, tokensOf } from './trace-query-tokens.ts';

export type TraceQuery =
  | { readonly kind: 'and' | 'or'; readonly left: TraceQuery; readonly right: TraceQuery }
  | { readonly kind: 'not'; readonly of: TraceQuery }
  | TraceComparison;

export interface TraceComparison {
  readonly kind: 'compare';
  readonly field: TraceField;
  /** The path below the field. */
  readonly path: readonly string[];
  readonly operator: TraceOperator;
  readonly value: string | number | boolean | null;
}

const limits = { characters: 4_000, comparisons: 100, depth: 50, parts: 16 } as const;

/** The expression cannot be parsed. */
export class TraceQueryError extends ParleyError {
  /** The position of the fault, counted from 1. */
  readonly position: number;

  constructor(text: string, at: number, fault: string) {
    const shown =
      text.length > limits.characters ? '' : `\n  ${text.replaceAll(/[\s\p{Cc}]/gu, ' ')}\n  ${' '.repeat(at)}^`;
    super('PARLEY_TRACE_QUERY', `trace query, position ${at + 1}: ${fault}${shown}`);
    this.position = at + 1;
  }
}

/** Parses a query. @throws TraceQueryError */
export function parseTraceQuery(text: string): TraceQuery {
  if (text.length > limits.characters)
    throw new TraceQueryError(text, limits.characters, `a query may have at most ${limits.characters} characters`);
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly (Token | Stray)[];
  #next = 0;
  #depth = 0;
  #comparisons = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): TraceQuery {
    const query = this.#query();
    if (this.#peek().kind !== 'end') this.#refuse('"and", "or" or the end');
    return query;
  }

  #query(): TraceQuery {
    let left = this.#conjunction();
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#conjunction() };
    return left;
  }

  #conjunction(): TraceQuery {
    let left = this.#negation();
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#negation() };
    return left;
  }

  #negation(): TraceQuery {
    if (++this.#depth > limits.depth) this.#fail(`at most ${limits.depth} brackets and "not" may stand in each other`);
    const query = this.#takeWord('not') ? ({ kind: 'not', of: this.#negation() } as const) : this.#primary();
    this.#depth--;
    return query;
  }

  #primary(): TraceQuery {
    if (!this.#takeSymbol('(')) return this.#comparison();
    const query = this.#query();
    if (!this.#takeSymbol(')')) this.#refuse('"and", "or" or ")"');
    return query;
  }

  #comparison(): TraceComparison {
    if (++this.#comparisons > limits.comparisons) this.#fail(`at most ${limits.comparisons} comparisons may be made`);
    const { field, path } = this.#path();
    const operator = this.#operator(field);
    return { kind: 'compare', field, path, operator, value: this.#value(field, operator) };
  }

  #path(): Pick<TraceComparison, 'field' | 'path'> {
    const token = this.#peek();
    const [field = '', ...path] = token.kind === 'name' ? token.segments : [];
    if (!isField(field)) return this.#refuse(`a field (${traceFields.join(', ')}), "not" or "("`);
    if (path.length > 0 && !canHaveParts(field)) this.#fail(`"${field}" has no parts`);
    if (path.length > limits.parts) this.#fail(`a path may have at most ${limits.parts} parts`);
    this.#next++;
    return { field, path };
  }

  #operator(field: TraceField): TraceOperator {
    const token = this.#peek();
    const usable = operatorsOf(field);
    const found = usable.find((operator) => operator === token.text.toLowerCase());
    if (found === undefined) return this.#refuse(orOf(usable));
    this.#next++;
    return found;
  }

  #value(field: TraceField, operator: TraceOperator): TraceComparison['value'] {
    const token = this.#peek();
    const kinds = kindsOf(field, operator);
    const value = literalOf(token);
    if (value === undefined || !kinds.includes(kindOf(value))) return this.#refuse(orOf(kinds));
    if (value === Infinity || value === -Infinity) this.#fail('this number is too large');
    const compared = isTime(field) && typeof value === 'string' ? fromIso(value) : value;
    if (compared === undefined) return this.#refuse('a time such as "2024-01-15T14:23:01Z"');
    this.#next++;
    return compared;
  }

  #peek(): Token | Stray {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as Token | Stray;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    const taken = token.kind === 'name' && token.text.toLowerCase() === word;
    if (taken) this.#next++;
    return taken;
  }

  #takeSymbol(symbol: string): boolean {
    const token = this.#peek();
    const taken = token.kind === 'symbol' && token.text === symbol;
    if (taken) this.#next++;
    return taken;
  }

  #refuse(expected: string): never {
    const { kind, text } = this.#peek();
    const unended = kind === 'stray' && /['"]/.test(text) ? ', and the quote has no end' : '';
    return this.#fail(`expected ${expected}, but found ${kind === 'end' ? 'the end' : show(text)}${unended}`);
  }

  #fail(fault: string): never {
    throw new TraceQueryError(this.#text, this.#peek().at, fault);
  }
}

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

function literalOf(token: Token | Stray): TraceComparison['value'] | undefined {
  if (token.kind === 'number' || token.kind === 'string') return token.value;
  const word = token.text.toLowerCase();
  return token.kind === 'name' && Object.hasOwn(words, word) ? words[word] : undefined;
}

const orOf = (choices: readonly string[]): string =>
  [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter((part) => part !== '').join(' or ');
