/** The acts of one handling, counted by name and resource, with the outcome of the previous one. */

export interface ActPlace {
  /** Position, from 0, among the acts for one intent with one name and one resource: the same in every attempt. */
  readonly ordinal: number;
  /** The trace of the previous such act in this handling, if there is one. */
  readonly earlierTrace: () => string | undefined;
  /** Records the id of this act's trace once it is written. */
  readonly traced: (traceId: string) => void;
}

interface Family {
  count: number;
  lastTrace: string | undefined;
}

export class ActSeries {
  readonly #families = new Map<string, Family>();

  /** Takes the next position, in the order of the calls. */
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
