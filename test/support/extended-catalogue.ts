/** The catalogue of stores with one more log and bucket, for tests that prove that no other code lists them. */
import { vi } from 'vitest';
import type { BucketDeclaration, LogDeclaration } from '../../runtime/core/store-declaration.ts';
import { type BucketName, buckets, type LogName, logs } from '../../runtime/core/stores.ts';

export const receipts: LogDeclaration = {
  description: 'receipts of a test',
  key: '<kind>',
  writtenBy: 'a test',
  readBy: ['observer'],
  stream: 'receipts',
  subject: 'rcpt',
  mib: { full: 128, least: 3 },
  maxAgeDays: 5,
  maxRecords: 1_000,
  maxPerKey: 7,
  whenFull: 'drop_oldest',
  dedupeMs: 30_000,
};

export const budgets: BucketDeclaration = {
  description: 'budgets of a test',
  key: '<kind>',
  writtenBy: 'a test',
  readBy: [],
  place: { bucket: 'budgets' },
  mib: { full: 32, least: 2 },
  maxAgeDays: 0,
  whenFull: 'refuse_new',
  protection: 'no_deletes',
  mustKeep: true,
  isRestored: true,
};

/** Names that exist only in the extended catalogue. */
export const newLog = 'receipts' as LogName;
export const newBucket = 'budgets' as BucketName;

const path = '../../runtime/core/stores.ts';

/**
 * Reloads modules over a catalogue that also has `receipts` and `budgets`. Test files share their modules: modules loaded before
 * stay as they are, and the next file loads its own.
 */
export async function withExtendedCatalogue<T>(load: () => Promise<T>): Promise<T> {
  const moreLogs = { ...logs, receipts };
  const moreBuckets = { ...buckets, budgets };
  vi.resetModules();
  vi.doMock(path, () => ({
    logs: moreLogs,
    buckets: moreBuckets,
    logNames: Object.keys(moreLogs),
    bucketNames: Object.keys(moreBuckets),
  }));
  try {
    return await load();
  } finally {
    vi.doUnmock(path);
    vi.resetModules();
  }
}
