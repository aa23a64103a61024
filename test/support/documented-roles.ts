/** The roles that `runtime/gateway/README.md` documents: its permission block, with the environment of each role. */
import { readFileSync } from 'node:fs';

export type Role = 'node' | 'alice' | 'bob' | 'operator' | 'observer';

export const inboxes: Readonly<Record<Role, string>> = {
  node: '_INBOX_node',
  alice: '_INBOX.alice',
  bob: '_INBOX.bob',
  operator: '_INBOX.operator',
  observer: '_INBOX.observer',
};

const readme = readFileSync('runtime/gateway/README.md', 'utf8');
/** The configuration block, in which each user's password is its name. */
export const block: string = /```\n(authorization [\s\S]*?)```/.exec(readme)?.[1] ?? '';

/** Returns the environment that the README gives to a process of this role. */
export const environmentOf = (role: Role): NodeJS.ProcessEnv => ({
  NATS_INBOX_PREFIX: inboxes[role],
  ...(role === 'node' ? { NATS_REPLY_PREFIX: '_INBOX' } : {}),
});
