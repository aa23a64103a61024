/**
 * Rounds of several subjects in turn, A B C A B C: what the machine does meanwhile happens to all of them. No collection is
 * forced between them: it shrinks the young generation, which costs the next round 3 (raw) to 7 µs (Parley) an intent.
 */

/**
 * @param orderOf the order of a round; by default the same in each
 * @returns what `measure` returned, by subject, in order of rounds
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

/** Every other round swaps the two of each pair: each is as often the one that finds what the other has left to collect. */
export function pairsInTurn<S>(subjects: readonly S[], pairs: ReadonlyMap<S, S>): (round: number) => readonly S[] {
  const partner = new Map([...pairs].flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));
  const swapped = subjects.map((subject) => partner.get(subject) ?? subject);
  return (round) => (round % 2 === 0 ? subjects : swapped);
}
