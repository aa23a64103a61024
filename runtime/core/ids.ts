/** Ids of agents, `kind` or `kind/key`, with the rules for names. */
import { InvalidIdError } from './errors.ts';

const namePattern = /^[a-z][a-z0-9_]{0,63}$/;
const meshPattern = /^[a-z][a-z0-9_]{0,31}$/;
const keyPattern = /^[A-Za-z0-9_-]{1,128}$/;
const intentIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The kind of senders outside any agent; no agent may declare it. */
export const clientKind = 'client';

export interface AgentId {
  readonly kind: string;
  /** Absent for an agent that exists once per mesh. */
  readonly key: string | undefined;
}

export function checkMesh(name: unknown): string {
  return check('mesh', name, meshPattern, 'a lower-case letter, then at most 31 of a-z, 0-9 and _');
}

export function checkPool(name: unknown): string {
  return check('pool', name, meshPattern, 'a lower-case letter, then at most 31 of a-z, 0-9 and _');
}

export function checkKind(name: unknown): string {
  return check('kind', name, namePattern, 'a lower-case letter, then at most 63 of a-z, 0-9 and _');
}

export function checkKey(key: unknown): string {
  return check(
    'key',
    key,
    keyPattern,
    '1 to 128 of A-Z, a-z, 0-9, _ and - (agentId(kind, text) encodes any other text)',
  );
}

export function checkIntentId(id: unknown): string {
  return check('intent id', id, intentIdPattern, '1 to 64 of A-Z, a-z, 0-9, _ and -');
}

let lastIntentType = '';

/** Skips the name that was valid last, because most intents have one of few types. */
export function checkIntentType(name: unknown): string {
  if (name === lastIntentType) return lastIntentType;
  lastIntentType = check('intent type', name, namePattern, 'a lower-case letter, then at most 63 of a-z, 0-9 and _');
  return lastIntentType;
}

function check(what: string, value: unknown, pattern: RegExp, rule: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new InvalidIdError(what, rule, value);
}

const agentIdPattern = /^[a-z][a-z0-9_]{0,63}(?:\/[A-Za-z0-9_-]{1,128})?$/;

/** Checks `kind` or `kind/key` without splitting it. */
export function checkAgentId(id: unknown): void {
  if (typeof id !== 'string' || !agentIdPattern.test(id)) parseAgentId(id);
}

/** Splits `kind` or `kind/key` and checks both parts. */
export function parseAgentId(id: unknown): AgentId {
  if (typeof id !== 'string') throw new InvalidIdError('agent id', '"kind" or "kind/key"', id);
  const slash = id.indexOf('/');
  if (slash === -1) return { kind: checkKind(id), key: undefined };
  return { kind: checkKind(id.slice(0, slash)), key: checkKey(id.slice(slash + 1)) };
}

/** Returns the part before the slash, unchecked: also of a text that is not an agent's id. Hot path. */
export function kindOf(agent: string): string {
  const slash = agent.indexOf('/');
  return slash === -1 ? agent : agent.slice(0, slash);
}

export function formatAgentId(id: AgentId): string {
  return id.key === undefined ? id.kind : `${id.kind}/${id.key}`;
}

/**
 * Builds the id of the agent of `kind` for any text: an ARN, an e-mail address, a path. Letters, digits and `-` stand for
 * themselves, `_` is written `__`, every other UTF-8 byte `_hh` in lower-case hex; `keyText` reads it back.
 */
export function agentId(kind: string, text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new InvalidIdError('key text', 'well-formed Unicode, without lone surrogates', text);
  let key = '';
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9-]/.test(char)) key += char;
    else if (char === '_') key += '__';
    else key += `_${byte.toString(16).padStart(2, '0')}`;
  }
  if (key.length === 0 || key.length > 128) {
    throw new InvalidIdError('key text', 'not empty, and at most 128 characters once encoded', text);
  }
  return `${checkKind(kind)}/${key}`;
}

const encodedRule = 'made by agentId(kind, text)';

/**
 * Decodes the text that `agentId` encoded into a key.
 * @throws InvalidIdError
 */
export function keyText(key: string): string {
  checkKey(key);
  const bytes: number[] = [];
  for (let i = 0; i < key.length; i++) {
    if (key[i] !== '_') bytes.push(key.charCodeAt(i));
    else if (key[i + 1] === '_') {
      bytes.push(0x5f);
      i += 1;
    } else {
      const code = key.slice(i + 1, i + 3);
      if (!/^[0-9a-f]{2}$/.test(code)) throw new InvalidIdError('encoded key', encodedRule, key);
      bytes.push(Number.parseInt(code, 16));
      i += 2;
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    throw new InvalidIdError('encoded key', encodedRule, key);
  }
}
