/** Findings of `parley doctor` about the machine: its Node, its TypeScript loader, its data folder. */
import { reasonOf } from '../core/errors.ts';
import { type Finding, firstLine } from './finding.ts';

const oldestNode: readonly [number, number] = [20, 19];

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFit = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const follows = isFit ? 'the runtime runs' : `install Node ${oldestNode.join('.')} or newer`;
  return { what: 'Node', state: isFit ? 'good' : 'bad', found: version, follows };
}

/** @param reader the TypeScript loader found here, for people; `undefined`: none */
export function typescriptFinding(reader: string | undefined): Finding {
  const what = 'TypeScript apps';
  if (reader !== undefined) return { what, state: 'good', found: reader, follows: '"parley run app.ts" works' };
  const follows = '"parley run" takes compiled .js only';
  return { what, state: 'lacking', found: 'neither tsx nor Node 22.18', follows };
}

/** @param find looks for the program, and returns its version and path */
export async function opaFinding(find: () => Promise<string>): Promise<Finding> {
  const what = 'opa';
  try {
    return { what, state: 'good', found: await find(), follows: '"parley policy build" and "parley policy test" work' };
  } catch (error) {
    const found = firstLine(error).split('; ', 1)[0] ?? '';
    const follows = 'policies can be loaded, but neither built nor tested, unless Go is there to install it';
    return { what, state: 'lacking', found, follows };
  }
}

/** The smallest mesh reserves three quarters of this (README of `runtime/transport`, "Reserved disk"). */
const leastFreeBytes = 100 * 1024 ** 2;

/** @param freeBytes checks that the folder is writable, then returns its free space */
export async function dataFolderFinding(path: string, freeBytes: (path: string) => Promise<number>): Promise<Finding> {
  const what = 'data folder';
  try {
    const free = await freeBytes(path);
    const found = `${path}, ${Math.floor(free / 1024 ** 2)} MiB free`;
    if (free >= leastFreeBytes) {
      return { what, state: 'good', found, follows: 'an embedded nats-server keeps its store there' };
    }
    const follows = 'a new embedded nats-server has no room for a mesh: free some disk';
    return { what, state: 'lacking', found, follows };
  } catch (error) {
    const follows =
      'an embedded nats-server cannot keep its store there: name another folder with --data or PARLEY_DATA';
    return { what, state: 'lacking', found: reasonOf(error), follows };
  }
}
