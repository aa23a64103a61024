/** Rounds of several subjects in turn, A B C A B C: what the machine does meanwhile happens to all of them. */
import { collectGarbage } from './garbage.ts';

/** @returns what `measure` returned, by subject, in order of rounds */
export async function interleave<S, R>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S, round: number) => Promise<R>,
): Promise<ReadonlyMap<S, readonly R[]>> {
  const results = new Map<S, R[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [subject, list] of results) {
      collectGarbage();
      list.push(await measure(subject, round));
    }
  }
  return results;
}
