/** Records of the directory: the pool of a kind, and the partitions of a pool. They locate the mailbox of an agent. */
import { type Expiring, expiryFields } from '../core/expiry.ts';
import type { AgentId } from '../core/ids.ts';
import { formatAgentId } from '../core/ids.ts';
import { partitionOf } from '../core/partition.ts';
import { isCount, isText, orNull, type RecordShape } from '../core/stored-record.ts';

/** The location of an agent's mailbox. */
export interface MailboxPlace {
  readonly pool: string;
  readonly partition: number;
}

/** Never expires: it names the streams that hold mailboxes. */
export interface PoolRecord {
  readonly v: 1;
  readonly partitions: number;
}

export interface KindRecord extends Expiring {
  readonly v: 1;
  readonly pool: string;
  /** `null`: every agent is a group of its own. */
  readonly group: string | null;
}

export const kindPrefix = 'kind';

export const kindKey = (kind: string): string => `${kindPrefix}.${kind}`;
export const poolKey = (pool: string): string => `pool.${pool}`;

export const poolShape: RecordShape<PoolRecord> = { what: 'pool of the mesh', fields: { partitions: isCount } };
export const kindShape: RecordShape<KindRecord> = {
  what: 'kind of the mesh',
  fields: { pool: isText, group: orNull(isText), ...expiryFields },
};

/** A kind with the partitions of its pool. */
export interface KnownKind {
  readonly pool: string;
  readonly group: string | null;
  readonly partitions: number;
}

export function placeIn({ pool, group, partitions }: KnownKind, agent: AgentId): MailboxPlace {
  return { pool, partition: partitionOf(group ?? formatAgentId(agent), partitions) };
}
