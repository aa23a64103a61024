/**
 * The heartbeat thread of a node. Its beats prove that the process is alive; the contact age in them proves that the main loop
 * is. It connects by itself, with retries, and ends on command.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { NatsConnection } from 'nats';
import { sleepUnlessAborted, systemClock } from '../../core/clock.ts';
import type { HeartbeatFields } from '../heartbeat.ts';
import { openConnection } from './connection.ts';
import type { HeartbeatJob, HeartbeatMessage } from './heartbeat.ts';

const everyMs = 500;
const reconnectMs = 1_000;

const { connection: settings, subject, contact } = workerData as HeartbeatJob;
const ending = new AbortController();
let fields: HeartbeatFields | undefined;
let connection: NatsConnection | undefined;
let seen = 0;
let contactAt = systemClock.monotonic();

/** A beat queued while disconnected would be sent late, and look like a sign of life. */
let connected = false;

function beat(): void {
  const contacts = Atomics.load(contact, 0);
  const now = systemClock.monotonic();
  if (contacts !== seen) contactAt = now - Atomics.load(contact, 1);
  seen = contacts;
  if (!connected || fields === undefined) return;
  connection?.publish(subject, JSON.stringify({ ...fields, contact_ms: Math.round(now - contactAt) }));
}

async function follow(opened: NatsConnection): Promise<void> {
  connected = true;
  for await (const { type } of opened.status()) {
    if (type === 'disconnect') connected = false;
    if (type === 'reconnect') connected = true;
  }
  connected = false;
}

/** Runs until the end command: also replaces a connection that the server closed permanently. */
async function connect(): Promise<void> {
  while (!ending.signal.aborted) {
    try {
      connection = await openConnection(settings);
      void follow(connection);
      beat();
      await Promise.race([connection.closed(), ended]);
    } catch {
      // the main loop's own connection reports faults of the server or the credentials
    }
    await sleepUnlessAborted(systemClock, reconnectMs, ending.signal);
  }
  await connection?.close();
}

async function beatOn(): Promise<void> {
  while (!ending.signal.aborted) {
    beat();
    await sleepUnlessAborted(systemClock, everyMs, ending.signal);
  }
}

const ended = new Promise<void>((resolve) => {
  ending.signal.addEventListener('abort', () => resolve());
});

parentPort?.on('message', (message: HeartbeatMessage) => {
  if (message === 'end') {
    ending.abort();
    parentPort?.close();
  } else {
    fields = message;
    beat();
  }
});

await Promise.all([connect(), beatOn()]);
