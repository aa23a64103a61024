/** Stack traces of thrown values, bounded, for logs and dead letters. */
import { fileURLToPath } from 'node:url';
import { reasonOf } from './errors.ts';
import { isObject } from './json.ts';

/** Limit of the whole text. */
const stackChars = 4_096;
/** Limits of each error in a chain of causes: message, calls, and length of a call. */
const headChars = 512;
const keptCalls = 12;
/** Calls among which the first one of the app is looked for; Node collects `Error.stackTraceLimit`. */
export const readCalls = 40;
const callChars = 256;
const keptCauses = 4;

/** The folder of the runtime's own files: the place of a mistake in an app is never among them. A bundle has no such folder. */
const [, runtime] = /^(.+\/)core\/stack\.[jt]s$/.exec(import.meta.url ?? '') ?? [];
/** As URL, and as path: loaders of TypeScript write paths. */
const ownFolders = runtime === undefined ? [] : [runtime, fileURLToPath(runtime)];
const beforeCalls = '\n    at ';

/** Returns the stack trace with those of its causes, at most 4,096 characters; empty for a value that has none. */
export function stackOf(thrown: unknown): string {
  const first = partsOf(thrown);
  if (first.stack === undefined) return '';
  const texts = [bounded(first.stack)];
  for (let next = first.cause; next !== undefined && texts.length <= keptCauses; ) {
    const { stack, cause } = partsOf(next);
    texts.push(bounded(stack ?? reasonOf(next)));
    next = cause;
  }
  return cut(texts.join('\ncaused by: '), stackChars);
}

/** Returns the fields of a log line about an error that fails something. */
export function faultOf(thrown: unknown): { readonly reason: string; readonly stack?: string } {
  const reason = reasonOf(thrown);
  const stack = stackOf(thrown);
  return stack === '' ? { reason } : { reason, stack };
}

/** Returns `app.ts:3` of the first call outside Node, packages and the runtime. */
export function placeOf(stack: string): string | undefined {
  const own = stack.split('\n').filter((line) => /^\s+at /.test(line) && !isForeign(line));
  const [, url, line] = own.map((call) => /(file:\/\/\/\S+?|\/\S+?):(\d+):\d+\)?$/.exec(call)).find(Boolean) ?? [];
  return url === undefined ? undefined : `${pathOf(url)}:${line}`;
}

const isForeign = (call: string): boolean =>
  /node:|[\\/]node_modules[\\/]/.test(call) || ownFolders.some((folder) => call.includes(folder));

/** A stack may have been written by an app: it may hold what only looks like a URL. */
function pathOf(url: string): string {
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}

interface StackParts {
  readonly stack: string | undefined;
  readonly cause: unknown;
}

/** Getters that throw count as absent fields. An aggregate has its first error as cause. */
function partsOf(thrown: unknown): StackParts {
  try {
    if (!isObject(thrown)) return { stack: undefined, cause: undefined };
    const { stack, cause, errors } = thrown as Readonly<Record<string, unknown>>;
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    return { stack: typeof stack === 'string' ? stack : undefined, cause: cause ?? first };
  } catch {
    return { stack: undefined, cause: undefined };
  }
}

/** Cuts message and calls on their own: a long message leaves the calls readable. */
function bounded(stack: string): string {
  const at = stack.indexOf(beforeCalls);
  if (at === -1) return cut(stack, headChars);
  // the calls of a stack may be megabytes too
  const calls = stack.slice(at + 1, at + 1 + 4 * stackChars).split('\n', readCalls);
  const kept = calls.slice(0, keptCalls);
  // after many calls of the runtime, the one of the app says where the mistake is
  const own = kept.every(isForeign) ? calls.slice(keptCalls).find((call) => !isForeign(call)) : undefined;
  if (own !== undefined) kept.push(own);
  return [cut(stack.slice(0, at), headChars), ...kept.map((call) => cut(call, callChars))].join('\n');
}

/** Cuts a text to so many characters. */
export const cut = (text: string, chars: number): string =>
  text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
