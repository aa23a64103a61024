/** Entries of the registry that have not expired. */
import { systemClock } from '../core/clock.ts';
import { currentEntries } from '../core/expiry.ts';
import type { KindEntry, NodeEntry } from '../core/registry-entry.ts';
import type { Reading, RecordShape } from '../core/stored-record.ts';
import type { Transport } from '../transport/index.ts';
import { entryAges } from './entry-ages.ts';

export async function registryEntries<T extends KindEntry | NodeEntry>(
  transport: Transport,
  shape: RecordShape<T>,
  prefix: string,
): Promise<Reading<T>> {
  const entries = await transport.bucket('registry').list(prefix);
  const { current, unreadable } = await currentEntries(shape, entries, entryAges(transport, systemClock));
  return { records: current.map(({ record }) => record), unreadable };
}
