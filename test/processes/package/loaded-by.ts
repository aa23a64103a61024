/** Which modules an import loads, in a process of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** URLs, `node:...` among them. */
export async function loadedBy(entry: string): Promise<readonly string[]> {
  const words = ['--import', 'tsx', 'test/processes/package/fixtures/record-loads.ts', entry];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 16 * 1024 ** 2 });
  return JSON.parse(stdout) as string[];
}

/** The installed packages among them, each once. */
export function packagesOf(urls: readonly string[]): readonly string[] {
  const names = urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}
