/** What any NATS client sees of a mesh: no code of the runtime is used. */
import { connect } from 'nats';

export interface Seen {
  readonly subject: string;
  readonly intent_id: string;
}

/** Watches `<mesh>.mbx.>`; the returned function stops and gives what was seen. */
export async function watchMailboxes(url: string, mesh: string): Promise<() => Promise<readonly Seen[]>> {
  const watcher = await connect({ servers: url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
  const seen: Seen[] = [];
  watcher.subscribe(`${mesh}.mbx.>`, {
    callback: (_error, message) => {
      seen.push({ subject: message.subject, intent_id: message.json<{ intent_id: string }>().intent_id });
    },
  });
  await watcher.flush();
  return async () => {
    await watcher.flush();
    await watcher.close();
    return seen;
  };
}
