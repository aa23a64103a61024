/** Leaks heap bytes for every intent on purpose: the soak has to find this leak. */

/** The environment variable of the daemon: bytes per intent. */
export const leakVariable = 'PARLEY_SOAK_LEAK';

const wordBytes = 8;
/** An array takes four words, its element store two more than its elements. */
const arrayWords = 6;

/** Returns the elements that make an array of this many bytes; at least one, which holds the array before. */
export const elementsOf = (bytes: number): number => Math.max(1, Math.round(bytes / wordBytes) - arrayWords);

/** @returns a function to call for every intent */
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
