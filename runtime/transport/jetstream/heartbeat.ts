/**
 * Heartbeats from a thread with a connection of its own: they continue while the main loop is busy, with the age of its
 * contact.
 */
import type { Worker } from 'node:worker_threads';
import { systemClock, within } from '../../core/clock.ts';
import { reasonOf } from '../../core/errors.ts';
import { startOwnThread } from '../../core/own-thread.ts';
import type { Heartbeat, HeartbeatFields } from '../heartbeat.ts';
import type { ConnectionSettings } from './connection-settings.ts';

const endMs = 500;

/** The thread's start data. */
export interface HeartbeatJob {
  readonly connection: ConnectionSettings;
  readonly subject: string;
  /** [number of contacts, age of the last one when it became known]: written by the main loop, read by the thread. */
  readonly contact: Int32Array;
}

/** A command for the thread: new content, or the end. */
export type HeartbeatMessage = HeartbeatFields | 'end';

/**
 * Starts the thread. One that cannot connect sends nothing, so a node must not depend on it: its main loop sends heartbeats,
 * too.
 * @param failed called with the reason when the thread cannot run: its file was left out of a bundle
 */
export function startHeartbeat(
  connection: ConnectionSettings,
  subject: string,
  failed: (reason: string) => void,
): Heartbeat {
  const contact = new Int32Array(new SharedArrayBuffer(8));
  const job: HeartbeatJob = { connection: plainOf(connection), subject, contact };
  let worker: Worker;
  try {
    worker = startOwnThread('./heartbeat-thread', import.meta.url, job);
  } catch (error) {
    failed(reasonOf(error));
    return silentHeartbeat;
  }
  worker.unref();
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  worker.on('error', (error) => failed(reasonOf(error)));
  const post = (message: HeartbeatMessage): void => worker.postMessage(message);
  return {
    say: post,
    contacted(ageMs) {
      Atomics.store(contact, 1, Math.round(ageMs));
      Atomics.add(contact, 0, 1);
    },
    async stop() {
      await endThread(worker, ended, post);
    },
  };
}

const silentHeartbeat: Heartbeat = Object.freeze({
  say: () => undefined,
  contacted: () => undefined,
  stop: async () => undefined,
});

/** Lets the thread close its connection, then ends it; ends it at once when that takes long. */
async function endThread(
  worker: Worker,
  ended: Promise<void>,
  post: (message: HeartbeatMessage) => void,
): Promise<void> {
  post('end');
  await within(systemClock, endMs, ended);
  await worker.terminate();
}

/** Copies the settings that can be sent to a thread: the transport's creator may pass further ones. */
const plainOf = ({ url, name, credentials, tls, inboxPrefix }: ConnectionSettings): ConnectionSettings => ({
  url,
  name: `${name} heartbeat`,
  ...(credentials === undefined ? {} : { credentials }),
  ...(tls === undefined ? {} : { tls: { ...tls } }),
  ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
});
