/** Who sends to whom: the same for every contender, and spread over every mailbox and sender. */

export const agentKind = 'agent';
export const senderKind = 'sender';
/** Enough lanes for a window of publishes also with few mailboxes. */
export const senderCount = 64;

/** Keys are of one length, so that every intent is. */
export const agentKey = (n: number): string => `m${String(n).padStart(6, '0')}`;
export const senderKey = (n: number): string => `s${String(n).padStart(3, '0')}`;

/**
 * The sender of the n-th intent, which goes to mailbox `n % mailboxes`: another one each time that a mailbox has its turn again,
 * so that all pairs come up.
 */
export function senderOf(n: number, mailboxes: number): number {
  return (n + Math.floor(n / mailboxes)) % senderCount;
}
