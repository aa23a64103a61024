/**
 * Checks arguments that handlers pass to their context, before they are recorded or looked up: untyped callers pass anything.
 */
import { InvalidOptionError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { snapshotJson } from '../core/json-snapshot.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import type { FindQuery } from './context.ts';

/** People read messages in a list. */
const longestMessage = 16 * 1024;
/** The size limit of an intent. */
const mostDetailBytes = 256 * 1024;

/** @throws InvalidOptionError */
export function checkMessage(message: unknown): string {
  if (typeof message === 'string' && message !== '' && message.length <= longestMessage) return message;
  throw new InvalidOptionError('message', `a text of 1 to ${longestMessage} characters`, message);
}

/** @returns a frozen copy. @throws InvalidOptionError, NotJsonError */
export function checkDetail(detail: unknown): JsonObject {
  if (!isObject(detail)) throw new InvalidOptionError('detail', 'a JSON object', detail);
  const copy = snapshotJson(detail, 'detail') as JsonObject;
  const bytes = Buffer.byteLength(JSON.stringify(copy));
  if (bytes <= mostDetailBytes) return copy;
  throw new InvalidOptionError('detail', `at most ${mostDetailBytes} bytes of JSON`, bytes);
}

/** @throws InvalidOptionError */
export function checkStepName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new InvalidOptionError('name', 'a text that says what the step is', name);
}

const queryNames = namesOf<FindQuery>({ accepts: true });

/** @throws InvalidOptionError */
export function checkQuery(query: unknown): FindQuery {
  if (isObject(query)) checkOptions('find', query, queryNames);
  if (isObject(query) && typeof query.accepts === 'string') return { accepts: query.accepts };
  throw new InvalidOptionError('accepts', 'an intent type', isObject(query) ? query.accepts : query);
}
