/** A leak on purpose: so many bytes of the heap for every intent, which the soak has to find. */

/** In the daemon's environment: bytes an intent. */
export const leakVariable = 'PARLEY_SOAK_LEAK';

const wordBytes = 8;
/** An array is four words, and its elements two more than there are. */
const arrayWords = 6;

/** As many elements as make an array of so many bytes; at least one, which holds on to the array before. */
export const elementsOf = (bytes: number): number => Math.max(1, Math.round(bytes / wordBytes) - arrayWords);

/** @returns what is to be called for every intent */
export function leakOf(bytes: number): () => void {
  if (bytes === 0) return () => undefined;
  const elements = elementsOf(bytes);
  let kept: readonly unknown[] = [];
  return () => {
    const newest = new Array<unknown>(elements).fill(0);
    newest[0] = kept;
    kept = newest;
  };
}
