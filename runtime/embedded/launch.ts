/** Starts nats-server once, until it accepts connections. */
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Clock, sleep } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { NatsServerStartError } from './embedded-errors.ts';
import { type GuardedChild, startGuarded } from './guarded-child.ts';

export interface Launch {
  readonly clock: Clock;
  readonly binary: string;
  readonly args: readonly string[];
  readonly dataDir: string;
  readonly stopMs: number;
  /** Emptied before the start; the server writes its ports there. */
  readonly portsDir: string;
  /** The server holds the lock of the folder too: it may outlive this process for a moment. */
  readonly lock: number;
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

export interface RunningServer {
  readonly child: GuardedChild;
  readonly pid: number;
  readonly port: number;
}

/** The server reads a large store before it is ready. */
const startMs = 60_000;
const lookMs = 10;
const keptLines = 20;
const keptChars = 500;

/** Starts the server. @throws NatsServerStartError once all processes of the attempt are gone */
export async function launch(how: Launch): Promise<RunningServer> {
  await rm(how.portsDir, { recursive: true, force: true });
  await mkdir(how.portsDir);
  await chmod(how.portsDir, 0o700);
  const child = startGuarded(how.clock, {
    program: how.binary,
    args: how.args,
    cwd: how.dataDir,
    stopMs: how.stopMs,
    held: how.lock,
  });
  const lines: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.output }).on('line', (line) => {
      if (!isExpected(line)) lines.push(line.slice(0, keptChars));
      if (lines.length > keptLines) lines.shift();
      if (line.includes('Server is ready')) resolve();
    });
  });
  const giveUp = new AbortController();
  const stopWaiting = (): void => giveUp.abort();
  how.signal.addEventListener('abort', stopWaiting, { once: true });
  if (how.signal.aborted) stopWaiting();
  try {
    const steps = async (): Promise<RunningServer> => {
      const pid = await child.pid;
      child.go();
      await ready;
      return { child, pid, port: await portOf(pid, how, giveUp.signal) };
    };
    const failed = child.ended.then((end) => Promise.reject(new Error(end)));
    return await Promise.race([steps(), failed, expiry(how, giveUp.signal)]);
  } catch (error) {
    child.stop();
    await child.ended;
    const reason = how.signal.aborted ? 'it was stopped while it started' : reasonOf(error);
    throw new NatsServerStartError(reason, lines, error);
  } finally {
    how.signal.removeEventListener('abort', stopWaiting);
    giveUp.abort();
  }
}

/** The password is in a file that only this user can read, and only until the next start. */
const isExpected = (line: string): boolean => line.includes('Plaintext passwords detected');

/** Rejects at the deadline, or when the start is aborted. */
async function expiry({ clock }: Launch, signal: AbortSignal): Promise<never> {
  await sleep(clock, startMs, signal);
  throw new Error(`not ready within ${startMs / 1000} s`);
}

/** Reads the port from the file that the server writes about when it reports to be ready. */
async function portOf(pid: number, { portsDir, clock }: Launch, signal: AbortSignal): Promise<number> {
  for (;;) {
    const name = (await readdir(portsDir)).find((entry) => entry.endsWith(`_${pid}.ports`));
    const port = name === undefined ? undefined : parsePorts(await readFile(join(portsDir, name), 'utf8'));
    if (port !== undefined) return port;
    await sleep(clock, lookMs, signal);
  }
}

/** Parses the client port from `{"nats":["nats://127.0.0.1:4222"]}`; `undefined` while the file is incomplete. */
export function parsePorts(text: string): number | undefined {
  const digits = /"nats":\s*\[\s*"nats:\/\/[^"]*:(\d+)"/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
