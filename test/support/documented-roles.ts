/** The roles that `runtime/gateway/README.md` documents: its block of permissions, and the environment that each role works in. */
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
/** A block of a server's configuration, in which each user's password is its name. */
export const block: string = /```\n(authorization [\s\S]*?)```/.exec(readme)?.[1] ?? '';

/** What the README says that a process of this role is started with. */
export const environmentOf = (role: Role): NodeJS.ProcessEnv => ({
  NATS_INBOX_PREFIX: inboxes[role],
  ...(role === 'node' ? { NATS_REPLY_PREFIX: '_INBOX' } : {}),
});
