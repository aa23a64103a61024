/** Structured mutations: a few steps, each of which changes a valid input at one place. Pure. */
import { hostilePieces } from './hostile-pieces.ts';

export const stepKinds = [
  'flip',
  'truncate',
  'behead',
  'delete',
  'duplicate',
  'repeat',
  'insert',
  'replace',
  'swap',
  'splice',
  'nest',
  'utf16',
  'bom',
] as const;

/** Places are parts of the input's length, so that a step means something for inputs of any length. */
export interface Step {
  readonly kind: (typeof stepKinds)[number];
  /** From 0 to 1. */
  readonly at: number;
  readonly to: number;
  readonly piece: number;
}

/** Larger ones teach nothing more, and every step may double. */
const longest = 400_000;

/** What a mutation takes as one: a quoted text, a number, a word, or a single other character. */
const tokens = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|[A-Za-z_][\w-]*|\s+|[\s\S]/g;

export function mutate(example: Buffer, others: readonly Buffer[], steps: readonly Step[]): Buffer {
  let text = example.toString('latin1');
  for (const step of steps) text = apply(text, others, step).slice(0, longest);
  return Buffer.from(text, 'latin1');
}

function apply(text: string, others: readonly Buffer[], { kind, at, to, piece }: Step): string {
  const place = Math.floor(at * (text.length + 1));
  const until = Math.floor(to * (text.length + 1));
  const [from, end] = place < until ? [place, until] : [until, place];
  const stranger = hostilePieces[piece % hostilePieces.length] ?? '';
  switch (kind) {
    case 'flip':
      return text.slice(0, place) + String.fromCharCode(piece % 256) + text.slice(place + 1);
    case 'truncate':
      return text.slice(0, place);
    case 'behead':
      return text.slice(place);
    case 'delete':
      return text.slice(0, from) + text.slice(end);
    case 'duplicate':
      return text.slice(0, end) + text.slice(from);
    case 'repeat':
      return text.slice(0, from) + text.slice(from, from + 64).repeat(1 + (piece % 100)) + text.slice(from);
    case 'insert':
      return text.slice(0, place) + stranger + text.slice(place);
    case 'replace':
      return withToken(text, at, () => stranger);
    case 'swap':
      return swapped(text, at, to);
    case 'splice': {
      const other = others[piece % Math.max(1, others.length)]?.toString('latin1') ?? '';
      return text.slice(0, place) + other.slice(Math.floor(to * other.length));
    }
    case 'nest':
      return withToken(text, at, (token) => '{"a":['.repeat(1 + (piece % 60)) + token + ']}'.repeat(1 + (piece % 60)));
    case 'utf16':
      return Buffer.from(text, 'utf16le').toString('latin1');
    case 'bom':
      return `\u00ef\u00bb\u00bf${text}`;
    default:
      return kind satisfies never;
  }
}

const split = (text: string): string[] => text.match(tokens) ?? [];

function withToken(text: string, at: number, change: (token: string) => string): string {
  const list = split(text);
  const n = Math.min(list.length - 1, Math.floor(at * list.length));
  if (n < 0) return change('');
  list[n] = change(list[n] ?? '');
  return list.join('');
}

/** Two tokens of the same kind change places: names with names, numbers with numbers. */
function swapped(text: string, at: number, to: number): string {
  const list = split(text);
  const n = Math.min(list.length - 1, Math.floor(at * list.length));
  const alike = list.flatMap((token, m) => (m !== n && kindOf(token) === kindOf(list[n] ?? '') ? [m] : []));
  const m = alike[Math.min(alike.length - 1, Math.floor(to * alike.length))];
  if (m === undefined) return text;
  [list[n], list[m]] = [list[m] ?? '', list[n] ?? ''];
  return list.join('');
}

function kindOf(token: string): string {
  if (/^\s/.test(token)) return 'blank';
  if (token.startsWith('"')) return 'text';
  if (/^-?\d/.test(token)) return 'number';
  return /^\w/.test(token) ? 'word' : token;
}
