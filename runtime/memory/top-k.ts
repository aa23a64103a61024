/** Keeps the best of many candidates without sorting all: best first, equal scores by id. */
export interface Neighbour {
  readonly id: string;
  /** Cosine similarity. */
  readonly score: number;
}

export class TopK {
  readonly #count: number;
  readonly #kept: Neighbour[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get all(): readonly Neighbour[] {
    return this.#kept;
  }

  offer(id: string, score: number): void {
    const worst = this.#kept[this.#count - 1];
    if (this.#count < 1 || (worst !== undefined && !isBefore({ id, score }, worst))) return;
    let [from, to] = [0, this.#kept.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const found = this.#kept[middle];
      if (found !== undefined && isBefore(found, { id, score })) from = middle + 1;
      else to = middle;
    }
    this.#kept.splice(from, 0, { id, score });
    if (this.#kept.length > this.#count) this.#kept.pop();
  }
}

const isBefore = (a: Neighbour, b: Neighbour): boolean => a.score > b.score || (a.score === b.score && a.id < b.id);
