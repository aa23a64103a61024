/** Reads the executions of agents from the file that they write. */
import { readFile } from 'node:fs/promises';

export const executionsVariable = 'PARLEY_FUZZ_EXECUTIONS';

/** How often each intent was executed, by its id. */
export async function executionsIn(file: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const id of (await readFile(file, 'utf8')).split('\n')) {
    if (id !== '') counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
