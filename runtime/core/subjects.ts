/** The subjects or names that a mesh uses on NATS. All code that builds or parses one does it here. */
import { type AgentId, formatAgentId } from './ids.ts';
import { checkTokens, everythingBelow, InvalidSubjectError, subjectOf } from './subject-rules.ts';

/** `i` intents, `r` replies, `c` control. */
export type LaneClass = 'i' | 'r' | 'c';

/** Placeholder for the key of an agent without one. */
const noKey = '=';

export interface MailboxSubject {
  readonly pool: string;
  readonly partition: number;
  readonly to: AgentId;
  readonly from: AgentId;
  readonly lane: LaneClass;
}

/**
 * `<mesh>.mbx.<pool>.<p>.<to kind>.<to key>.<from kind>.<from key>.<i|r|c>`: one subject is one lane.
 * @throws InvalidSubjectError
 */
export function mailboxSubject(mesh: string, { pool, partition, to, from, lane }: MailboxSubject): string {
  const [toKey, fromKey] = [to.key ?? noKey, from.key ?? noKey];
  const place = `${mesh}.mbx.${pool}.${checkPartition(partition)}`;
  return checkTokens(`${place}.${to.kind}.${toKey}.${from.kind}.${fromKey}.${lane}`, 9);
}

function checkPartition(partition: number): number {
  if (Number.isSafeInteger(partition) && partition >= 0) return partition;
  throw new InvalidSubjectError('partition', partition);
}

/** Parses a mailbox subject; `undefined` for any other text. */
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

/** Tells whether a subject is a reply lane. Replies bypass the turn, because their receiver is busy waiting for them. */
export const isReplySubject = (subject: string): boolean => subject.endsWith('.r');

export const allMailboxSubjects = (mesh: string): string => everythingBelow(mesh, 'mbx');
export const poolSubjects = (mesh: string, pool: string): string => everythingBelow(mesh, 'mbx', pool);
export const partitionSubjects = (mesh: string, pool: string, p: number): string =>
  everythingBelow(mesh, 'mbx', pool, p);
/** The subject on which an owner proves that its record is still the newest: it publishes, fenced by the record's sequence. */
export const confirmationSubject = (mesh: string, pool: string, p: number): string => subjectOf(mesh, 'conf', pool, p);
/** The subject on which a node without partitions proves its contact. */
export const contactSubject = (mesh: string, pool: string): string => subjectOf(mesh, 'conf', pool, 'standby');
/** The subject for heartbeats of the nodes of a pool: core NATS. */
export const heartbeatSubject = (mesh: string, pool: string): string => subjectOf(mesh, 'beat', pool);

/** The wildcard for every key of a prefix. */
export const allKeys = '>';

/** `<prefix>.<key>`, whose key may consist of several tokens. @throws InvalidSubjectError */
export const recordSubject = (prefix: string, key: string): string =>
  subjectOf(...prefix.split('.'), ...key.split('.'));

/** The pattern for reading: all records, or those of one key. @throws InvalidSubjectError */
export const recordPattern = (prefix: string, key: string): string =>
  key === allKeys ? everythingBelow(...prefix.split('.')) : recordSubject(prefix, key);

/** The subject that lists the closed mailboxes of a pool: core NATS, repeated while any is closed. */
export const closedSubject = (mesh: string, pool: string): string => subjectOf(mesh, 'closed', pool);
/** The subject for replies to an asker outside any agent: `client/<instance>` has no mailbox. */
export const clientReplySubject = (mesh: string, instance: string): string => subjectOf(mesh, 'rpl', instance);
/** `<mesh>.in.<from kind>.<from key>.<to kind>.<to key>`: where clients outside submit intents, by request. */
export const ingressPattern = (mesh: string): string => `${ingressSubject(mesh)}.*.*.*.*`;
/** The common prefix of all ingress subjects. */
export const ingressSubject = (mesh: string): string => subjectOf(mesh, 'in');

/** Reads sender and receiver from an ingress subject; `undefined` for any other text. */
export function parseIngressSubject(subject: string): { readonly from: string; readonly to: string } | undefined {
  const [, word, fromKind, fromKey, toKind, toKey, more] = subject.split('.');
  if (word !== 'in' || toKey === undefined || more !== undefined) return undefined;
  return { from: idOf(fromKind, fromKey), to: idOf(toKind, toKey) };
}

const idOf = (kind: string | undefined, key: string | undefined): string =>
  key === noKey ? `${kind}` : `${kind}/${key}`;

/** The subject on which a node answers whether it is alive. */
export const nodeSubject = (mesh: string, node: string): string => subjectOf(mesh, 'node', node);

/** Builds the name of a stream or bucket: one token of the server's own subjects. @throws InvalidSubjectError */
export const nameOf = (...words: readonly string[]): string => subjectOf(...words).replaceAll('.', '_');

export const mailboxStream = (mesh: string, pool: string): string => nameOf(mesh, 'mbx', pool).toUpperCase();

/** The key of an agent's records and entries: `<kind>.<key or =>`. */
export const agentKeyOf = ({ kind, key }: AgentId): string => subjectOf(kind, key ?? noKey);

/**
 * The name of an epoch's consumer. Epochs are sequences of the mesh's state stream. They start again when that stream is remade
 * while the mailbox stream lives on: `generation` names the state stream that they belong to.
 */
export const consumerName = (partition: number, generation: string, epoch: number): string =>
  subjectOf(`p${partition}-${generation}-e${epoch}`);

/** Tells whether the name is that of a consumer of this partition, of any epoch and release. */
export const isConsumerOf = (partition: number, name: string): boolean =>
  new RegExp(`^p${partition}-([0-9a-f]+-)?e\\d+$`).test(name);

/** `kind` or `kind/key` of the receiver. */
export const receiverOf = (at: MailboxSubject): string => formatAgentId(at.to);
/** `kind` or `kind/key` of the sender. */
export const senderOf = (at: MailboxSubject): string => formatAgentId(at.from);
