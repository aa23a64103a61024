/** Watches mailboxes like any NATS client: it sees messages as they are published, accepted or not. */
import { systemClock } from '../../core/clock.ts';
import { allMailboxSubjects } from '../../core/subjects.ts';
import { JetStreamApi } from './api.ts';
import { openConnection } from './connection.ts';
import { type ConnectionSettings, withoutSecrets } from './connection-settings.ts';
import { expectMesh } from './meshes.ts';

export interface ObservedMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/**
 * Calls `seen` for every publish into a mailbox of the mesh; resolves to a function that stops it, once the server has the
 * subscription.
 * @throws NoMeshError
 */
export async function tailMailboxes(
  settings: ConnectionSettings,
  mesh: string,
  seen: (passing: ObservedMessage) => void,
): Promise<() => Promise<void>> {
  const connection = await openConnection(settings);
  try {
    await expectMesh(new JetStreamApi(connection, systemClock), mesh, withoutSecrets(settings.url));
  } catch (error) {
    await connection.close();
    throw error;
  }
  connection.subscribe(allMailboxSubjects(mesh), {
    callback: (error, message) => {
      if (error === null) seen({ subject: message.subject, payload: message.data });
    },
  });
  await connection.flush();
  return () => connection.close();
}
