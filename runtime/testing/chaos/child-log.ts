/** Writes the output of a child into a file; passes its lines to a listener. */
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** @param hear receives every line of standard output */
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
