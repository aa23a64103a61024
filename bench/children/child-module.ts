/** Where the program of a child process is: beside this file, and compiled if this one is. */

export function childModule(name: 'load-sender' | 'idle-node'): URL {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`${name}${ending}`, import.meta.url);
}
