/** Classifies errors of Redis: it is away, or it answers but refuses the command. A pure function of the error. */
import { ParleyError, reasonOf } from '../core/errors.ts';

/** Redis does not answer at present; a retry may succeed. The command may have been executed. */
export class RedisUnavailableError extends ParleyError {
  constructor(where: string, reason: string, cause?: unknown) {
    super('PARLEY_REDIS_UNAVAILABLE', `Redis at ${where} cannot be used: ${reason}`, { retryable: true, cause });
  }
}

/** Redis answers, but refuses the command: a retry changes nothing. */
export class RedisRefusedError extends ParleyError {
  constructor(where: string, reason: string, cause?: unknown) {
    super('PARLEY_REDIS_REFUSED', `Redis at ${where} refuses: ${reason}`, { cause });
  }
}

interface Meaning {
  readonly retryable: boolean;
  readonly text: string;
}

const passing = (text: string): Meaning => ({ retryable: true, text });
const final = (text: string): Meaning => ({ retryable: false, text });

/** Meanings by the first word of the answer (redis.io, "Redis serialization protocol", simple errors). */
const meanings: Readonly<Record<string, Meaning>> = {
  READONLY: passing('it is a replica and takes no writes; another one is the primary since a failover, or will be'),
  LOADING: passing('it is loading its data'),
  MASTERDOWN: passing('it is a replica that has lost its primary'),
  CLUSTERDOWN: passing('its cluster is down'),
  TRYAGAIN: passing('its cluster is moving the keys'),
  BUSY: passing('a script keeps it busy'),
  OOM: passing('it has no memory left; raise maxmemory, or choose a policy that evicts'),
  MISCONF: passing('it cannot save to its disk and takes no writes'),
  NOREPLICAS: passing('it has too few replicas to take a write'),
  UNBLOCKED: passing('it has become a replica meanwhile'),
  MOVED: final('it is one server of a cluster; name a single Redis, or a proxy before the cluster, in REDIS_URL'),
  ASK: final('it is one server of a cluster; name a single Redis, or a proxy before the cluster, in REDIS_URL'),
  CROSSSLOT: final('it is a cluster; name a single Redis in REDIS_URL'),
  NOAUTH: final('it wants a password; write it into REDIS_URL'),
  WRONGPASS: final('it does not take this user or password; correct REDIS_URL'),
  NOPERM: final('the user may not do this; grant it by ACL SETUSER'),
  WRONGTYPE: final('something else stands under this key'),
  DENIED: final('it is in protected mode; set a password, or let it listen where we are'),
};

/** @returns `undefined` for errors that are not answers of Redis: a time limit, a lost connection */
export function meaningOf(error: unknown): Meaning | undefined {
  const reason = reasonOf(error);
  const word = /(?:^|: )-?([A-Z]{3,})\b/.exec(reason)?.[1] ?? '';
  const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
  if (meaning !== undefined) return { ...meaning, text: `${meaning.text} (${reason})` };
  // servers before Redis 6
  if (/invalid password/i.test(reason)) return final(`it does not take this password; correct REDIS_URL (${reason})`);
  return undefined;
}

/** Translates an error. @param known why Redis is away, as far as the connection knows */
export function explainRedis(where: string, error: unknown, known: string | undefined, advice = ''): ParleyError {
  if (error instanceof ParleyError) return error;
  const meaning = meaningOf(error);
  if (meaning?.retryable === false) return new RedisRefusedError(where, meaning.text, withoutCommand(error));
  return new RedisUnavailableError(
    where,
    `${meaning?.text ?? known ?? reasonOf(error)}${advice}`,
    withoutCommand(error),
  );
}

/** Removes the command that the client attaches to its errors: the command of the handshake contains the password. */
function withoutCommand(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error;
  const { name, message } = error;
  return Object.assign(new Error(message), { name });
}
