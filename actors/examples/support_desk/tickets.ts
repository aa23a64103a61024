/** The state of every ticket, in shared memory: agents of any node read it, and one write at a time wins. */
import type { SharedMemory } from '../../../runtime/memory/index.ts';
import type { TicketState } from './intents.ts';

type Shared = Pick<SharedMemory, 'read' | 'writeIfVersion'>;

const rank: Readonly<Record<TicketState['state'], number>> = { unknown: 0, open: 1, with_human: 2, answered: 3 };

const keyOf = (customer: string, ticket: string): string => `ticket/${customer}/${ticket}`;

export async function ticketState(shared: Shared, customer: string, ticket: string): Promise<TicketState> {
  const found = await shared.read(keyOf(customer, ticket));
  return (found?.value as TicketState | undefined) ?? { state: 'unknown', by: '', text: '' };
}

/**
 * Moves a ticket forward, never back: what a repeated attempt says again changes nothing.
 * @returns whether it was moved
 */
export async function moveTicket(
  shared: Shared,
  customer: string,
  ticket: string,
  next: TicketState,
): Promise<boolean> {
  const key = keyOf(customer, ticket);
  for (;;) {
    const found = await shared.read(key);
    const now = (found?.value as TicketState | undefined)?.state ?? 'unknown';
    if (rank[next.state] <= rank[now]) return false;
    const version = await shared.writeIfVersion(key, next, found?.version ?? 0);
    // undefined: another agent has moved it meanwhile
    if (version !== undefined) return true;
  }
}
