/** Errors of the embedded PGlite. */
import { ParleyError } from '../core/errors.ts';

/** PGlite ended before it accepted connections, or its data folder cannot be used. */
export class PgliteStartError extends ParleyError {
  /** The last output of Postgres. */
  readonly output: readonly string[];

  constructor(reason: string, output: readonly string[] = [], cause?: unknown) {
    const said = output.map((line) => `\n  ${line}`).join('');
    super('PARLEY_PGLITE_START', `PGlite did not start: ${reason}${said === '' ? '' : `; it said:${said}`}`, {
      retryable: true,
      cause,
    });
    this.output = Object.freeze([...output]);
  }
}
