/** Why a metrics file was refused. */
import { ParleyError } from '../../runtime/core/errors.ts';

/** The file cannot be read as a series: nothing of it is used. The same file is refused again. */
export class MetricsFileError extends ParleyError {
  readonly file: string;
  /** Counted from 1; absent if the fault is not in one line. */
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, fault: string, cause?: unknown) {
    const where = line === undefined ? `metrics file "${file}"` : `metrics file "${file}", line ${line}`;
    super('PARLEY_METRICS_FILE', `${where}: ${fault}`, { cause });
    this.file = file;
    this.line = line;
  }
}
