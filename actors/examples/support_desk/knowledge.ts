/** What the desk knows: articles for customers, and the words that tell topics apart. */
import type { JsonObject } from '../../../runtime/index.ts';
import type { SemanticMemory } from '../../../runtime/memory/index.ts';

/** From this similarity on an article is about the same thing. */
export const clearMatch = 0.35;

interface Article {
  readonly text: string;
  readonly metadata: JsonObject & { readonly topic: 'billing' | 'technical' };
}

const technical = (service: string, text: string): Article => ({ text, metadata: { topic: 'technical', service } });
const billing = (text: string): Article => ({ text, metadata: { topic: 'billing' } });

const articles: readonly Article[] = [
  technical('login', 'Cannot log in, the password is refused: ask for a new one by mail on the login page.'),
  technical('upload', 'An upload of a file stops or fails: files may have at most 2 GB, split a larger one.'),
  technical('sync', 'Devices do not sync: sign out on the device and in again, which starts the sync anew.'),
  technical('export', 'The export of a report is empty: choose a period in which there are data.'),
  billing('Invoices are sent by mail on the first day of each month.'),
  billing('A subscription ends with the month in which it is cancelled.'),
];

const money = /\b(invoice|charged?|money|refund|subscription|price)\b/i;
const trouble = /\b(log ?in|password|upload|sync|export|error|crash(es|ed)?)\b/i;

/** @returns the topic by its words; `undefined` for words of both or of none */
export function topicOf(text: string): 'billing' | 'technical' | undefined {
  const [isMoney, isTrouble] = [money.test(text), trouble.test(text)];
  if (isMoney === isTrouble) return undefined;
  return isMoney ? 'billing' : 'technical';
}

/** Stores the articles that are missing. */
export async function teach(semantic: SemanticMemory): Promise<void> {
  await semantic.caughtUp();
  for (const { text, metadata } of articles) {
    const [known] = await semantic.search({ text, limit: 1 });
    if (known?.text !== text) await semantic.store(text, metadata);
  }
  await semantic.caughtUp();
}
