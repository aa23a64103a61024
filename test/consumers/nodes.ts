/** The releases of Node that are supported, from the npm package `node`. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { run } from './run.ts';

export const nodeReleases: readonly number[] = [20, 22, 24];

/** The one that runs this, or one that is installed beside the project. @returns its path */
export async function nodeOf(release: number): Promise<string> {
  if (process.versions.node.startsWith(`${release}.`)) return process.execPath;
  const folder = resolve(`.parley/test-programs/node-${release}`);
  const path = join(folder, 'node_modules/node/bin/node');
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  // its install script puts the program of this machine's platform in its place
  const about = { private: true, dependencies: { node: `^${release}` }, allowScripts: { node: true } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(about));
  await run('npm', ['install', '--prefer-offline'], { cwd: folder });
  return path;
}
