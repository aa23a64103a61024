/** Finds programs beside the caller: compiled if the caller is compiled. */
import { fileURLToPath } from 'node:url';

/** @param from `import.meta.url` of the caller */
export const siblingProgram = (from: string, name: string): string =>
  fileURLToPath(new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from));
