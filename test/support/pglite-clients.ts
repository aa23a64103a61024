/** Clients that connect to PGlite like other processes; closed after the test. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import type { ServiceUrl } from '../../runtime/core/service-url.ts';

export async function pgClient(url: ServiceUrl): Promise<Client> {
  const made = new Client({ connectionString: url.revealUrl() });
  made.on('error', () => undefined);
  await made.connect();
  onTestFinished(() => made.end().catch(() => undefined));
  return made;
}

/** Opens a raw connection. */
export async function rawSocket(url: ServiceUrl): Promise<Socket> {
  const socket = connect(Number(new URL(url.revealUrl()).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

export const one = async (asked: Client): Promise<unknown> => (await asked.query('select 1 as one')).rows;
