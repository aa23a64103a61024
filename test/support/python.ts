/** Finds a Python with `nats-py`: the machine's, or one created beside the project. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = resolve('.parley/python');

/** @throws when there is no `python3`, or `nats-py` cannot be fetched: the test that needs it cannot run */
export async function pythonWithNats(): Promise<string> {
  const knows = (python: string): Promise<boolean> =>
    run(python, ['-c', 'import nats']).then(
      () => true,
      () => false,
    );
  if (await knows('python3')) return 'python3';
  const python = join(folder, 'bin', 'python3');
  if (existsSync(python) && (await knows(python))) return python;
  await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'nats-py>=2.9,<3']);
  return python;
}
