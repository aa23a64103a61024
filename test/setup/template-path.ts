/** Returns the folder of the PGlite store that tests copy: beside the project, for all runs with this PGlite version. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export async function templatePath(): Promise<string> {
  const about = await readFile('node_modules/@electric-sql/pglite/package.json', 'utf8');
  const { version } = JSON.parse(about) as { readonly version: string };
  return resolve('.parley/test-programs', `pglite-store-${version}`);
}
