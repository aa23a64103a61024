/** Runs a command of the project as a user would, collecting its output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { compiled } from '../setup/compiled.ts';

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  /** Resolves with the first past or future line that matches; rejects when the command ends without one. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a source file of the project. */
export function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  return runNode(['--import', 'tsx', script, ...args], env);
}

/** Runs the command line as shipped. */
export function runParley(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = '.'): RunningCommand {
  return runNode([resolve(compiled, 'runtime/cli/parley.js'), ...args], env, cwd);
}

export function runNode(words: readonly string[], env: NodeJS.ProcessEnv, cwd = '.'): RunningCommand {
  const child = spawn(process.execPath, words, {
    cwd,
    env: { ...process.env, NATS_URL: '', REDIS_URL: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // a failing test leaves no process behind
  onTestFinished(() => void child.kill('SIGKILL'));
  const [lines, errors]: [string[], string[]] = [[], []];
  const waiting = new Set<(line: string) => void>();
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    lines.push(line);
    for (const look of [...waiting]) look(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  return {
    process: child,
    lines,
    errors,
    ended,
    line(pattern) {
      return new Promise((done, reject) => {
        const look = (line: string): void => {
          const found = pattern.exec(line);
          if (found === null) return;
          waiting.delete(look);
          done(found);
        };
        waiting.add(look);
        for (const line of [...lines]) look(line);
        void ended.then(() =>
          reject(new Error(`no line like ${pattern}; it said:\n${[...lines, ...errors].join('\n')}`)),
        );
      });
    },
  };
}
