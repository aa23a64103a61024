/** Lists unreadable records below the readable ones. */
import type { UnreadableRecord } from '../inspect/index.ts';
import { print, printDocuments } from './open-mesh.ts';

/** @param what the kind of record, such as "dead letter" */
export function printUnreadable(what: string, found: readonly UnreadableRecord[], asJson: boolean): void {
  if (asJson) return printDocuments(found.map(({ key, reason }) => ({ unreadable: key, reason })));
  for (const { key, reason } of found) print(`${what} "${key}" cannot be read: ${reason}`);
}
