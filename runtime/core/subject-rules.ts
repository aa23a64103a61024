/** The rules for NATS subjects. Every subject is built here from checked tokens; a transport refuses any other. */
import { ParleyError, show } from './errors.ts';

/** The subject or token would address, end or continue something other than intended. */
export class InvalidSubjectError extends ParleyError {
  constructor(what: string, value: unknown) {
    super(
      'PARLEY_INVALID_SUBJECT',
      `${what} ${show(value)} is not valid: tokens separated by "." must not be empty, nor contain white space, control ` +
        'characters or wildcards',
    );
  }
}

/** The alphabet of Parley's own tokens: ids, names, numbers, `=` for no key, and `$` of the server's own prefixes. */
const word = '[A-Za-z0-9_=$-]+';
const tokenRule = new RegExp(`^${word}$`);
/** The server's default `max_control_line` is 4,096 bytes: a longer subject ends the connection. */
const longestSubject = 2_048;

const plain = String.raw`[^\s\u0000-\u001f\u007f-\u009f.*>]+`;
const subjectRule = new RegExp(`^${plain}(?:\\.${plain})*$`);
const patternRule = new RegExp(`^(?:(?:${plain}|\\*)(?:\\.(?:${plain}|\\*))*(?:\\.>)?|>)$`);
const queueRule = new RegExp(`^${plain}$`);

/** Builds every subject that Parley uses: each argument is one token. @throws InvalidSubjectError */
export function subjectOf(...tokens: readonly (string | number)[]): string {
  const subject = tokens.join('.');
  // hot path: one check of the whole; a token that contains "." would add a token
  if (tokens.every(isWord) && ruleFor(tokens.length).test(subject)) return subject;
  throw new InvalidSubjectError(
    'token',
    tokens.find((token) => !isToken(token)),
  );
}

/**
 * Checks a subject that is already joined. Hot path: allocates no array of tokens.
 * @param count the expected number of tokens
 * @throws InvalidSubjectError
 */
export function checkTokens(subject: string, count: number): string {
  if (ruleFor(count).test(subject)) return subject;
  const wrong = subject.split('.').find((token) => !isToken(token));
  // every token is valid alone: one of them held a "." and became two
  throw wrong === undefined ? new InvalidSubjectError('subject', subject) : new InvalidSubjectError('token', wrong);
}

/** Builds a subject followed by `>`: everything below it. @throws InvalidSubjectError */
export const everythingBelow = (...tokens: readonly (string | number)[]): string => `${subjectOf(...tokens)}.>`;

const rules: RegExp[] = [];

/** Returns the rule for a subject with this number of tokens. */
function ruleFor(count: number): RegExp {
  rules[count] ??= new RegExp(`^${word}(?:\\.${word}){${count - 1}}$`);
  return rules[count];
}

const isWord = (token: string | number): boolean => typeof token === 'string' || isToken(token);

/** Checks a token; a number must be written with digits alone. */
const isToken = (token: string | number): boolean =>
  typeof token === 'number' ? Number.isSafeInteger(token) && token >= 0 : tokenRule.test(token);

/** Tells whether a subject can be published to: it has no wildcard. */
export const isSubject = (subject: string): boolean => subjectRule.test(subject) && subject.length <= longestSubject;

/** @throws InvalidSubjectError */
export function checkSubject(subject: string, what: string = 'subject'): string {
  if (typeof subject === 'string' && isSubject(subject)) return subject;
  throw new InvalidSubjectError(what, subject);
}

/** Checks a subscription pattern: `*` is a token of its own, `>` the last one. @throws InvalidSubjectError */
export function checkPattern(pattern: string): string {
  if (typeof pattern === 'string' && patternRule.test(pattern) && pattern.length <= longestSubject) return pattern;
  throw new InvalidSubjectError('pattern', pattern);
}

/** @throws InvalidSubjectError */
export function checkQueue(queue: string): string {
  if (queueRule.test(queue) && queue.length <= longestSubject) return queue;
  throw new InvalidSubjectError('queue', queue);
}
