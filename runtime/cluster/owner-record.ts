/** A partition's ownership record: the node that claimed or released it. Its sequence in the store is the epoch. */
import { show } from '../core/errors.ts';
import type { Entry } from '../transport/index.ts';

interface WrittenRecord {
  readonly v: 1;
  readonly node: string;
  /** ISO 8601. */
  readonly claimed_at: string;
  /** Set when its owner has deleted the consumer and released the partition. */
  readonly released_at?: string;
}

/**
 * - `none`: never claimed, or the state stream was recreated.
 * - `unreadable`: written by a release that this one does not know; it must not be overwritten.
 */
export type OwnerRecord =
  | { readonly kind: 'none'; readonly revision: 0 }
  | { readonly kind: 'owned' | 'released'; readonly revision: number; readonly node: string }
  | { readonly kind: 'unreadable'; readonly revision: number; readonly reason: string };

export const claimRecord = (node: string, now: string): string => written({ v: 1, node, claimed_at: now });

/** The tombstone of a partition. */
export const releaseRecord = (node: string, now: string): string =>
  written({ v: 1, node, claimed_at: now, released_at: now });

export function readOwnerRecord(entry: Pick<Entry, 'value' | 'revision'> | undefined): OwnerRecord {
  if (entry === undefined) return { kind: 'none', revision: 0 };
  const { revision } = entry;
  const found = parsed(entry.value);
  if (found === undefined)
    return { kind: 'unreadable', revision, reason: `it is no JSON object: ${show(entry.value)}` };
  if (found.v !== 1)
    return { kind: 'unreadable', revision, reason: `its version is ${show(found.v)}, this release reads 1` };
  if (typeof found.node !== 'string' || found.node === '') {
    return { kind: 'unreadable', revision, reason: `"node" is ${show(found.node)}` };
  }
  return { kind: found.released_at === undefined ? 'owned' : 'released', revision, node: found.node };
}

const written = (record: WrittenRecord): string => JSON.stringify(record);

function parsed(value: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(value);
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
