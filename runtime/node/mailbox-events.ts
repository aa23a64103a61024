/**
 * Passes what mailboxes report on to the server of the pool, which passes it to the server of the partition: it archives a finished
 * intent, then acknowledges it. Before there is a server, nothing has been delivered.
 */
import type { InboxEvents } from '../mailbox/inbox.ts';
import type { PoolServer } from './pool-server.ts';

export function mailboxEvents(
  server: () => PoolServer | undefined,
  mayBeIdle: () => void,
): Omit<InboxEvents, 'overloaded'> {
  return {
    finished: (lane, held, outcome) => server()?.archive(lane, held, outcome) ?? false,
    acknowledge: (_pool, partition, seq) => server()?.acknowledge(partition, seq),
    lost: (_pool, partition, fromSeq) => server()?.lose(partition, fromSeq),
    room: (open) => server()?.setOpen(open),
    mayBeIdle,
  };
}
