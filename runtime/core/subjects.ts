/** The subjects and names a mesh uses on NATS. Everything that builds or reads one does it here. */
import { type AgentId, formatAgentId } from './ids.ts';

/** `i` intents, `r` replies, `c` control. */
export type LaneClass = 'i' | 'r' | 'c';

/** Stands for the key of an agent that has none. */
const noKey = '=';

export interface MailboxSubject {
  readonly pool: string;
  readonly partition: number;
  readonly to: AgentId;
  readonly from: AgentId;
  readonly lane: LaneClass;
}

const tokens = (id: AgentId): string => `${id.kind}.${id.key ?? noKey}`;

/** `<mesh>.mbx.<pool>.<p>.<to kind>.<to key>.<from kind>.<from key>.<i|r|c>`: one subject is one lane. */
export function mailboxSubject(mesh: string, at: MailboxSubject): string {
  return `${mesh}.mbx.${at.pool}.${at.partition}.${tokens(at.to)}.${tokens(at.from)}.${at.lane}`;
}

/** Reads a mailbox subject back; `undefined` if it is none. */
export function parseMailboxSubject(subject: string): MailboxSubject | undefined {
  const part = subject.split('.');
  const [, mbx, pool, partition, toKind, toKey, fromKind, fromKey, lane] = part;
  if (part.length !== 9 || mbx !== 'mbx') return undefined;
  if (partition === undefined || !/^\d+$/.test(partition)) return undefined;
  if (pool === undefined || toKind === undefined || toKey === undefined) return undefined;
  if (fromKind === undefined || fromKey === undefined) return undefined;
  if (lane !== 'i' && lane !== 'r' && lane !== 'c') return undefined;
  return {
    pool,
    partition: Number(partition),
    to: { kind: toKind, key: toKey === noKey ? undefined : toKey },
    from: { kind: fromKind, key: fromKey === noKey ? undefined : fromKey },
    lane,
  };
}

/** A reply is served out of turn: its receiver is busy waiting for it. */
export const isReplySubject = (subject: string): boolean => subject.endsWith('.r');

export const allMailboxSubjects = (mesh: string): string => `${mesh}.mbx.>`;
export const poolSubjects = (mesh: string, pool: string): string => `${mesh}.mbx.${pool}.>`;
export const partitionSubjects = (mesh: string, pool: string, p: number): string => `${mesh}.mbx.${pool}.${p}.>`;
export const ownerSubject = (mesh: string, pool: string, p: number): string => `${mesh}.own.${pool}.${p}`;
/** A record's subject is `<prefix>.<key>`. */
export const deadPrefix = (mesh: string): string => `${mesh}.dead`;
export const archivePrefix = (mesh: string): string => `${mesh}.arc`;
export const escalationPrefix = (mesh: string): string => `${mesh}.esc`;
export const decisionPrefix = (mesh: string): string => `${mesh}.dec`;
export const knowledgePrefix = (mesh: string): string => `${mesh}.know`;
/** Which mailboxes of a pool are closed: core NATS, repeated while they are. */
export const closedSubject = (mesh: string, pool: string): string => `${mesh}.closed.${pool}`;
/** Replies to whoever asks from outside any agent: `client/<instance>` has no mailbox. */
export const clientReplySubject = (mesh: string, instance: string): string => `${mesh}.rpl.${instance}`;
/** `<mesh>.in.<from kind>.<from key>.<to kind>.<to key>`: where clients outside put intents in, by request. */
export const ingressPattern = (mesh: string): string => `${mesh}.in.*.*.*.*`;

/** Who speaks to whom on an ingress subject; `undefined` if it is none. */
export function parseIngressSubject(subject: string): { readonly from: string; readonly to: string } | undefined {
  const [, word, fromKind, fromKey, toKind, toKey, more] = subject.split('.');
  if (word !== 'in' || toKey === undefined || more !== undefined) return undefined;
  return { from: idOf(fromKind, fromKey), to: idOf(toKind, toKey) };
}

const idOf = (kind: string | undefined, key: string | undefined): string =>
  key === noKey ? `${kind}` : `${kind}/${key}`;

/** Asks a node whether it lives. */
export const nodeSubject = (mesh: string, node: string): string => `${mesh}.node.${node}`;

export const mailboxStream = (mesh: string, pool: string): string => `${mesh}_mbx_${pool}`.toUpperCase();
export const stateStream = (mesh: string): string => `${mesh}_state`.toUpperCase();
export const deadStream = (mesh: string): string => `${mesh}_dead`.toUpperCase();
export const archiveStream = (mesh: string): string => `${mesh}_archive`.toUpperCase();
export const escalationStream = (mesh: string): string => `${mesh}_escalations`.toUpperCase();
export const decisionStream = (mesh: string): string => `${mesh}_decisions`.toUpperCase();
export const knowledgeStream = (mesh: string): string => `${mesh}_knowledge`.toUpperCase();
export const sharedBucket = (mesh: string): string => `${mesh}_shared`;
export const workingBucket = (mesh: string): string => `${mesh}_working`;
export const requestsBucket = (mesh: string): string => `${mesh}_requests`;
export const registryBucket = (mesh: string): string => `${mesh}_agents`;
export const meshBucket = (mesh: string): string => `${mesh}_mesh`;

/** The key of an agent's records and entries: `<kind>.<key or =>`. */
export const agentKeyOf = (id: AgentId): string => tokens(id);

export const consumerName = (partition: number, epoch: number): string => `p${partition}-e${epoch}`;

/** `kind` or `kind/key` of the receiver. */
export const receiverOf = (at: MailboxSubject): string => formatAgentId(at.to);
/** `kind` or `kind/key` of the sender. */
export const senderOf = (at: MailboxSubject): string => formatAgentId(at.from);
