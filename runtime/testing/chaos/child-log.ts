/** A child's output: into a file, and its lines to whoever listens. */
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** @param hear every line of standard output */
export function keepOutput(child: ChildProcess, file: string, hear: (line: string) => void = () => undefined): void {
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (stream === child.stdout) hear(line);
    });
  }
  child.once('close', () => log.end());
}
