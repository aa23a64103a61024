/** Runs a program to its end. */
import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** @returns what it printed. @throws Error with all it said, when it does not end with 0 */
export function run(program: string, words: readonly string[], { cwd, env = {} }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // npm hands its own settings to what it starts: the Vitest that runs this among them
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
    const options = { cwd, env: { ...Object.fromEntries(inherited), ...env }, maxBuffer: 16 * 1024 ** 2 };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${[program, ...words].join(' ')}: ${error.message}\n${stdout}\n${stderr}`, { cause: error }));
    });
  });
}
