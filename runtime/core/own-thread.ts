/** Starts a thread from a file of this package. Only what has threads imports this. */
import { Worker } from 'node:worker_threads';

/**
 * The package's files are JavaScript. In the project itself they are TypeScript, which a thread has to learn to read first.
 * Flags of the process are not passed on: some of them, such as `--input-type`, make no sense to a thread.
 * @param entry `./name`, without its extension
 * @param base `import.meta.url` of whoever starts it
 */
export function startOwnThread(entry: string, base: string, workerData: unknown): Worker {
  const execArgv: string[] = [];
  if (!base.endsWith('.ts')) return new Worker(new URL(`${entry}.js`, base), { execArgv, workerData });
  const [reader, file] = [import.meta.resolve('tsx/esm/api'), new URL(`${entry}.ts`, base).href];
  const script = `import(${JSON.stringify(reader)}).then(({ register }) => (register(), import(${JSON.stringify(file)})))`;
  return new Worker(script, { eval: true, execArgv, workerData });
}
