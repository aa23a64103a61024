/**
 * The prefixes for reply subjects. A requester chooses the reply subject, and the responder publishes there with its own
 * permissions: so replies are restricted to known prefixes.
 */
import { InvalidOptionError } from '../core/errors.ts';
import { isSubject } from '../core/subject-rules.ts';

export interface InboxSettings {
  /** The prefix of this connection's own inboxes; it answers requests whose reply subject is below it. `_INBOX` by default. */
  readonly inboxPrefix?: string;
  /** A further allowed prefix, where requesters have inboxes elsewhere than this connection. */
  readonly replyPrefix?: string;
}

export interface Inboxes {
  readonly prefix: string;
  /** Tells whether a request with this reply subject may be answered. */
  mayAnswer(reply: string): boolean;
}

const defaultPrefix = '_INBOX';
const longest = 128;
const rule = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** Checks the settings. @param mesh the mesh, whose subjects are not inboxes. @throws InvalidOptionError */
export function compileInboxes({ inboxPrefix, replyPrefix }: InboxSettings, mesh?: string): Inboxes {
  const prefix = checkPrefix('inboxPrefix', inboxPrefix ?? defaultPrefix, mesh);
  const starts = [prefix, ...(replyPrefix === undefined ? [] : [checkPrefix('replyPrefix', replyPrefix, mesh)])].map(
    (allowed) => `${allowed}.`,
  );
  return { prefix, mayAnswer: (reply) => isSubject(reply) && starts.some((start) => reply.startsWith(start)) };
}

/** Accepts a prefix also with its final ".". */
function checkPrefix(option: string, given: string, mesh: string | undefined): string {
  const prefix = typeof given === 'string' && given.endsWith('.') ? given.slice(0, -1) : given;
  if (typeof prefix !== 'string' || !rule.test(prefix) || prefix.length > longest) {
    throw new InvalidOptionError(
      option,
      `tokens of A-Z, a-z, 0-9, _ and -, separated by "." (at most ${longest})`,
      given,
    );
  }
  if (prefix.split('.')[0] === mesh) throw new InvalidOptionError(option, `not a subject of mesh "${mesh}"`, given);
  return prefix;
}
