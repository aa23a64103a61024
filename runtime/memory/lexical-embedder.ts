/** Embeds texts without a model: hashes words, with parts of words, into a fixed number of dimensions (feature hashing). */
import type { Embedder } from './embedder.ts';

const dimensions = 384;
/** The weight of a part of a word: it says less than the word. */
const partWeight = 0.35;
const partLength = 4;
/** Words that do not tell what a text is about. */
const stopWords: ReadonlySet<string> = new Set(
  'a an and are as at be been but by can do does for from has have how i if in into is it its me my no not of on one or our out so some than that the their them then there these they this to too up was we what when where which who why will with you your'.split(
    ' ',
  ),
);

export const lexicalEmbedder: Embedder = Object.freeze({
  name: 'lexical-hash-v1',
  dimensions,
  embed: async (texts: readonly string[]) => texts.map(embedLexically),
  [Symbol.asyncDispose]: async () => undefined,
});

/** Returns a unit vector. The vector of a text without words is similar to no other. */
export function embedLexically(text: string): Float32Array {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) {
    add(counts, `w:${word}`, 1);
    const padded = `^${word}$`;
    for (let n = 0; n + partLength <= padded.length; n++)
      add(counts, `p:${padded.slice(n, n + partLength)}`, partWeight);
  }
  const vector = new Float32Array(dimensions);
  for (const [feature, count] of counts) {
    const hash = fnv1a(feature);
    const place = hash % dimensions;
    // the sign lets features that share a dimension cancel out instead of adding up
    vector[place] =
      (vector[place] ?? 0) +
      ((hash >>> 16) & 1 ? 1 : -1) * (1 + Math.log(1 + count)) * (feature.startsWith('w') ? 1 : partWeight);
  }
  if (counts.size === 0) vector[fnv1a(text) % dimensions] = 1;
  return normalised(vector);
}

function wordsOf(text: string): readonly string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !stopWords.has(word)).map(stem);
}

/** Strips plural and tense endings roughly, so that "spikes" matches "spike". */
function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}

function add(counts: Map<string, number>, feature: string, weight: number): void {
  counts.set(feature, (counts.get(feature) ?? 0) + weight);
}

/** The FNV-1a hash: 32 bits, unsigned (draft-eastlake-fnv). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash >>> 0;
}

export function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
