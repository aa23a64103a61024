/** Programs that a run starts lie beside it, and are compiled if it is. */
import { fileURLToPath } from 'node:url';

/** @param from `import.meta.url` of whoever starts it */
export const programBeside = (from: string, name: string): string =>
  fileURLToPath(new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from));
