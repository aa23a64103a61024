/** Lists the files below a folder with a given ending, in order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'dist-bench']);

export function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return entry.name.endsWith(ending) ? [path] : [];
      return skipped.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path, ending);
    })
    .sort();
}
