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

const digits = /^\d+$/;

/** Parses a mailbox subject; `undefined` for any other text. Hot path: cuts out the parts that it needs, without a list of all. */
export function parseMailboxSubject(subject: string): MailboxSubject | undefined {
  const mbx = subject.indexOf('.') + 1;
  const pool = subject.indexOf('.', mbx) + 1;
  const partition = subject.indexOf('.', pool) + 1;
  const toKind = subject.indexOf('.', partition) + 1;
  const toKey = subject.indexOf('.', toKind) + 1;
  const fromKind = subject.indexOf('.', toKey) + 1;
  const fromKey = subject.indexOf('.', fromKind) + 1;
  const lane = subject.indexOf('.', fromKey) + 1;
  const isInOrder = mbx < pool && pool < partition && partition < toKind && toKind < toKey && toKey < fromKind;
  if (mbx === 0 || !isInOrder || fromKind >= fromKey || fromKey >= lane) return undefined;
  if (!subject.startsWith('mbx.', mbx)) return undefined;
  const number = subject.slice(partition, toKind - 1);
  const laneClass = subject.slice(lane);
  if (!digits.test(number) || (laneClass !== 'i' && laneClass !== 'r' && laneClass !== 'c')) return undefined;
  return {
    pool: subject.slice(pool, partition - 1),
    partition: Number(number),
    to: idAt(subject, toKind, toKey, fromKind),
    from: idAt(subject, fromKind, fromKey, lane),
    lane: laneClass,
  };
}

/** @param end where the next part begins */
function idAt(subject: string, kindAt: number, keyAt: number, end: number): AgentId {
  const key = subject.slice(keyAt, end - 1);
  return { kind: subject.slice(kindAt, keyAt - 1), key: key === noKey ? undefined : key };
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
