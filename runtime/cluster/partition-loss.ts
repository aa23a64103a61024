/** Whether a partition's ownership record ends this node's ownership: a pure decision. */
import type { OwnerRecord } from './owner-record.ts';

/**
 * Why the partition is lost to the node that owned it, for people; `undefined` while it is not. A missing record ends nothing:
 * no other node has claimed the partition.
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
