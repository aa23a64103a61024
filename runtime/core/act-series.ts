/** The acts of one handling: which is the first of its name upon its resource, which the second, and what became of the last. */

export interface ActPlace {
  /** Counts from 0 among the acts for one intent with one name upon one resource: the same in every attempt. */
  readonly ordinal: number;
  /** The trace of the act before it, where there was one in this handling. */
  readonly earlierTrace: () => string | undefined;
  /** Its own trace is written. */
  readonly traced: (traceId: string) => void;
}

interface Family {
  count: number;
  lastTrace: string | undefined;
}

export class ActSeries {
  readonly #families = new Map<string, Family>();

  /** Takes the next place, in the order of the calls. */
  next(intentId: string, name: string, resource: string): ActPlace {
    const key = JSON.stringify([intentId, name, resource]);
    const family = this.#families.get(key) ?? { count: 0, lastTrace: undefined };
    this.#families.set(key, family);
    const ordinal = family.count++;
    return {
      ordinal,
      earlierTrace: () => family.lastTrace,
      traced: (traceId) => {
        family.lastTrace = traceId;
      },
    };
  }
}
