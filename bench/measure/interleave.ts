/**
 * Runs rounds of several subjects in turn, A B C A B C, so that disturbances of the machine affect all of them. Forces no
 * collection between rounds: it shrinks the young generation, which costs the next round 3 (raw) to 7 µs (Parley) an intent.
 */

/**
 * @param orderOf the order of a round; by default the same for each
 * @returns the results of `measure`, by subject, in order of rounds
 */
export async function interleave<S, R>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S, round: number) => Promise<R>,
  orderOf: (round: number) => readonly S[] = () => subjects,
): Promise<ReadonlyMap<S, readonly R[]>> {
  const results = new Map<S, R[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of orderOf(round)) results.get(subject)?.push(await measure(subject, round));
  }
  return results;
}

/** Swaps each pair in every other round: each is equally often the one that inherits garbage of the other. */
export function pairsInTurn<S>(subjects: readonly S[], pairs: ReadonlyMap<S, S>): (round: number) => readonly S[] {
  const partner = new Map([...pairs].flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));
  const swapped = subjects.map((subject) => partner.get(subject) ?? subject);
  return (round) => (round % 2 === 0 ? subjects : swapped);
}
