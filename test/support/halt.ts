/** Stops a process (SIGSTOP), then waits for it: on a busy machine a thread runs on until it is scheduled again. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { until } from './jetstream-rig.ts';

/** Resolves when no thread of the process runs any longer; at once where `/proc` is missing. */
export async function halt(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  if (!existsSync('/proc/self/task')) return;
  await until('the process is stopped', async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const states = await Promise.all(threads.map((thread) => stateOf(`/proc/${pid}/task/${thread}/stat`)));
    return states.every((state) => state === 'T');
  });
}

/** Reads the state letter after the name, which may contain spaces and brackets (proc(5)). */
async function stateOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => ') T');
  return text.slice(text.lastIndexOf(')') + 2).charAt(0);
}
