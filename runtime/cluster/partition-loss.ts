/** Decides whether a partition's ownership record ends this node's ownership: pure. */
import type { OwnerRecord } from './owner-record.ts';

/**
 * Returns why the node lost the partition, for people; `undefined` while it owns it. A missing record ends nothing: no other
 * node has claimed the partition.
 */
export function lossOf(record: OwnerRecord, node: string): string | undefined {
  switch (record.kind) {
    case 'none':
      return undefined;
    case 'owned':
      return record.node === node ? undefined : `node "${record.node}" owns it now`;
    case 'released':
      return `node "${record.node}" released it`;
    case 'unreadable':
      return `its ownership record cannot be read: ${record.reason}`;
    default:
      throw new Error(`unexpected record ${record satisfies never}`);
  }
}
