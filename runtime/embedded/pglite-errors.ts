/** Why there is no PGlite. */
import { ParleyError } from '../core/errors.ts';

/** It ended before it took connections, or its data folder cannot be used. */
export class PgliteStartError extends ParleyError {
  /** What Postgres said last. */
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
