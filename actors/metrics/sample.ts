/** One reading of a metric. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  /** Its line in the source file, counted from 1; absent for generated samples. */
  readonly line?: number;
}
