/** The error of a metrics file that was refused. */
import { ParleyError } from '../../runtime/core/errors.ts';

/** The file cannot be read as a series, so no part of it is used. A retry with the same file fails again. */
export class MetricsFileError extends ParleyError {
  readonly file: string;
  /** Counted from 1; absent if the fault is not in a single line. */
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, fault: string, cause?: unknown) {
    const where = line === undefined ? `metrics file "${file}"` : `metrics file "${file}", line ${line}`;
    super('PARLEY_METRICS_FILE', `${where}: ${fault}`, { cause });
    this.file = file;
    this.line = line;
  }
}
