/** An invalid command line, whatever the state of the mesh: `exitCodes.usage`. */

/** Its cause describes the fault. */
export class UsageError extends Error {
  constructor(cause: unknown) {
    super('words that make no sense', { cause });
    this.name = 'UsageError';
  }
}

/** Parses command-line input. @throws UsageError instead of the error of `read` */
export function typed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UsageError(cause);
  }
}
