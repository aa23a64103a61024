/** Starts a thread from a file of this package. Only what has threads imports this. */
import { Worker } from 'node:worker_threads';
import { ownFile } from './own-file.ts';

/**
 * The package's files are JavaScript. In the project itself they are TypeScript, which a thread has to learn to read first.
 * Flags of the process are not passed on: some of them, such as `--input-type`, make no sense to a thread.
 * @param entry `./name`, without its extension
 * @param base `import.meta.url` of whoever starts it
 * @throws BundleIncompleteError
 */
export function startOwnThread(entry: string, base: string | undefined, workerData: unknown): Worker {
  const { url, isSource } = ownFile(entry, base);
  const execArgv: string[] = [];
  if (!isSource) return new Worker(url, { execArgv, workerData });
  const reader = import.meta.resolve('tsx/esm/api');
  const script = `import(${JSON.stringify(reader)}).then(({ register }) => (register(), import(${JSON.stringify(url.href)})))`;
  return new Worker(script, { eval: true, execArgv, workerData });
}
