/** Starts a thread from a file of this package. Only modules that need threads import this. */
import { Worker } from 'node:worker_threads';
import { ownFile } from './own-file.ts';

/**
 * Starts a thread. The files of the package are JavaScript; those of the project itself are TypeScript, which a thread can only
 * read through a loader. Flags of the process are not passed on: some of them, such as `--input-type`, do not apply to a
 * thread.
 * @param entry `./name`, without its extension
 * @param base `import.meta.url` of the caller
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
