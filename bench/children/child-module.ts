/** Finds the program of a child process. */

/** @param from `import.meta.url` of the caller: the program is beside it, and compiled if the caller is */
export function siblingProgram(from: string, path: string): URL {
  const ending = from.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`${path}${ending}`, from);
}

export const childModule = (name: 'load-sender' | 'idle-node'): URL => siblingProgram(import.meta.url, name);
