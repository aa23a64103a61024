/** Asks the server beside the targets: whether the stream is empty, how deep a lane is. */
import type { NatsConnection } from 'nats';

interface StreamInfo {
  readonly state: { readonly messages: number; readonly subjects?: Readonly<Record<string, number>> };
}

/** Resolves when every acknowledgement has been processed. A work queue holds what is not acknowledged. */
export async function untilEmpty(admin: NatsConnection, stream: string): Promise<void> {
  while ((await messagesIn(admin, stream)) > 0);
}

async function messagesIn(admin: NatsConnection, stream: string): Promise<number> {
  return (await streamInfo(admin, stream, {})).state.messages;
}

/** Counts messages per lane, of non-empty lanes that `filter` matches. */
export async function depths(admin: NatsConnection, stream: string, filter: string): Promise<readonly number[]> {
  const { state } = await streamInfo(admin, stream, { subjects_filter: filter });
  return Object.values(state.subjects ?? {});
}

async function streamInfo(admin: NatsConnection, stream: string, question: object): Promise<StreamInfo> {
  const answer = await admin.request(`$JS.API.STREAM.INFO.${stream}`, JSON.stringify(question), { timeout: 10_000 });
  return answer.json<StreamInfo>();
}
