/** One nats-server for a bench, in a folder of its own that goes away with it. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const startMs = 10_000;

/** From `PARLEY_NATS_SERVER`, or `nats-server` on the path; ends with this process at the latest. */
export async function startBenchServer(): Promise<BenchServer> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const flags = ['-js', '-sd', dir, '-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', dir];
  const child = spawn(process.env.PARLEY_NATS_SERVER ?? 'nats-server', flags, { stdio: 'ignore' });
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  const atExit = (): void => {
    child.kill('SIGKILL');
    remove();
  };
  process.once('exit', atExit);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const url = await Promise.race([portOf(dir), ended]);
  if (url === undefined || child.pid === undefined) {
    throw new Error('nats-server did not start: set PARLEY_NATS_SERVER to the path of version 2.12 or newer');
  }
  return {
    url,
    pid: child.pid,
    async stop() {
      process.removeListener('exit', atExit);
      child.kill('SIGKILL');
      await ended;
      remove();
    },
  };
}

async function portOf(dir: string): Promise<string | undefined> {
  for (const until = performance.now() + startMs; performance.now() < until; await sleep(20)) {
    const file = (await readdir(dir)).find((name) => name.endsWith('.ports'));
    if (file === undefined) continue;
    const text = await readFile(join(dir, file), 'utf8');
    if (text.length > 0) return (JSON.parse(text) as { nats: readonly string[] }).nats[0];
  }
  return undefined;
}
