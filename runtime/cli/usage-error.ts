/** Words on the command line that make no sense, whatever the mesh is like: exit code 2. */

/** Its cause says what is wrong. */
export class UsageError extends Error {
  constructor(cause: unknown) {
    super('words that make no sense', { cause });
    this.name = 'UsageError';
  }
}

/** Reads what was typed. @throws UsageError instead of what `read` throws */
export function typed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UsageError(cause);
  }
}
