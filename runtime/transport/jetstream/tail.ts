/** Watches mailboxes like any NATS client: it sees messages as they are published, accepted or not. */
import { allMailboxSubjects } from '../../core/subjects.ts';
import { openConnection } from './connection.ts';
import type { ConnectionSettings } from './connection-settings.ts';

export interface ObservedMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** Calls `seen` for every publish into a mailbox of the mesh; resolves to a function that stops it, once the server has the subscription. */
export async function tailMailboxes(
  settings: ConnectionSettings,
  mesh: string,
  seen: (passing: ObservedMessage) => void,
): Promise<() => Promise<void>> {
  const connection = await openConnection(settings);
  connection.subscribe(allMailboxSubjects(mesh), {
    callback: (error, message) => {
      if (error === null) seen({ subject: message.subject, payload: message.data });
    },
  });
  await connection.flush();
  return () => connection.close();
}
