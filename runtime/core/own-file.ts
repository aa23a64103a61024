/** Finds the files of this package that run in threads or processes of their own. A bundle may have left them out. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ParleyError } from './errors.ts';

/** A bundle of this package lacks the file of a thread or process, or cannot determine its own location. */
export class BundleIncompleteError extends ParleyError {
  constructor(why: string, remedy: string) {
    super('PARLEY_BUNDLE_INCOMPLETE', `${why}: ${remedy} (runtime/node/README.md, "Bundling")`);
  }
}

export interface OwnFile {
  readonly url: URL;
  /** True for TypeScript, as in the project itself; false for JavaScript. */
  readonly isSource: boolean;
}

/**
 * @param entry `./name`, without its extension
 * @param base `import.meta.url` of the caller; a bundle in CommonJS has none
 * @throws BundleIncompleteError
 */
export function ownFile(entry: string, base: string | undefined): OwnFile {
  if (base === undefined || base === '') {
    const why = `"${entry}.js" cannot be found, because this bundle has no "import.meta.url"`;
    throw new BundleIncompleteError(why, 'bundle as an ES module, or define it');
  }
  const isSource = base.endsWith('.ts');
  const url = new URL(`${entry}.${isSource ? 'ts' : 'js'}`, base);
  const path = fileURLToPath(url);
  if (!existsSync(path)) throw new BundleIncompleteError(`"${path}" is missing`, 'a bundle needs it beside itself');
  return { url, isSource };
}
