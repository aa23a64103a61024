/** Plans the routes: the same for every target, spread over all mailboxes and senders. */

export const agentKind = 'agent';
export const senderKind = 'sender';
/** Enough lanes for a window of publishes even with few mailboxes. */
export const senderCount = 64;

/** Keys have equal length, so that all intents do. */
export const agentKey = (n: number): string => `m${String(n).padStart(6, '0')}`;
export const senderKey = (n: number): string => `s${String(n).padStart(3, '0')}`;

/**
 * Returns the sender of the n-th intent, which goes to mailbox `n % mailboxes`: a different one each time that the mailbox has its
 * turn, so that all pairs occur.
 */
export function senderOf(n: number, mailboxes: number): number {
  return (n + Math.floor(n / mailboxes)) % senderCount;
}
