/** The version of this package. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reads the nearest package.json above this file: it is two folders up in the sources, three in the package. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = fileURLToPath(new URL('package.json', folder));
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
    if (folder.pathname === '/') return 'unknown';
  }
}
