/**
 * The catalogue of what a mesh stores beside its mailboxes: every log and every key-value bucket, declared once.
 *
 * All else follows from an entry: the stream that every adapter makes or adopts, its share of the reserved disk, what `parley
 * doctor` compares, `transport.log(name)` and `transport.bucket(name)`, and the tables of `runtime/transport/README.md`. Plain
 * data, so that the names are types.
 */

import type { BucketDeclaration, LogDeclaration } from './store-declaration.ts';

/** What an entry says nothing of: a log keeps 30 days, and drops its oldest records when it is full. */
const usualLog = {
  readBy: [],
  maxAgeDays: 30,
  maxRecords: 0,
  maxPerKey: 0,
  whenFull: 'drop_oldest',
  dedupeMs: 120_000,
} as const;

/** A bucket keeps its entries permanently, and refuses new ones when it is full. */
const usualBucket = {
  readBy: [],
  maxAgeDays: 0,
  whenFull: 'refuse_new',
  protection: 'none',
  mustKeep: false,
  isRestored: false,
} as const;

/** An entry as it stands here: only what differs from the usual. */
type Declared<D, U> = Omit<D, keyof U> & Partial<D>;

const declaredLogs = {
  archive: {
    description: 'finished intents in groups',
    key: '<pool>.<partition>',
    writtenBy: 'the owner of the partition',
    stream: 'archive',
    subject: 'arc',
    mib: { full: 256, least: 8 },
  },
  dead: {
    description: "dead letters, and notes on intents that the archive does not take; `seq` is of the pool's stream",
    key: '<pool>.<partition>.<seq>',
    writtenBy: 'the owner of the partition',
    readBy: ['operator', 'observer'],
    stream: 'dead',
    subject: 'dead',
    mib: { full: 256, least: 8 },
  },
  escalations: {
    description: 'calls for a human',
    key: '<kind>.<key or =>',
    writtenBy: 'the node of the agent',
    readBy: ['operator', 'observer'],
    stream: 'escalations',
    subject: 'esc',
    mib: { full: 16, least: 4 },
  },
  decisions: {
    description: 'what policy decided of each act',
    key: '<kind>.<key or =>',
    writtenBy: 'the node of the agent',
    stream: 'decisions',
    subject: 'dec',
    mib: { full: 256, least: 8 },
  },
  // a subject costs the server 414 bytes of memory (measured): at most 40 MB
  handled: {
    description: 'marks of handled intents whose senders may ask for them',
    key: '<pool>.<partition>.<seq>',
    writtenBy: 'the owner of the partition',
    stream: 'handled',
    subject: 'done',
    mib: { full: 32, least: 4 },
    maxRecords: 100_000,
    maxPerKey: 1,
    dedupeMs: 1_000,
  },
  // readers build an index from the first record to the last: nothing may be dropped
  knowledge: {
    description: 'changes of the semantic memory, from the first to the last',
    key: '<document id>',
    writtenBy: 'semantic memory',
    stream: 'knowledge',
    subject: 'know',
    mib: { full: 1024, least: 8 },
    maxAgeDays: 0,
    whenFull: 'refuse_new',
  },
} as const;

const declaredBuckets = {
  owners: {
    description: 'who owns a partition; the revision of an entry is the epoch',
    key: '<pool>.<partition>',
    writtenBy: 'nodes that claim or release the partition',
    // agent state; proofs of contact
    place: { stream: 'state', subject: 'own', otherSubjects: ['st', 'conf'] },
    mib: { full: 512, least: 8 },
    mustKeep: true,
  },
  meshConfig: {
    description: 'pools, and the pool of each kind',
    key: 'pool.<pool>, kind.<kind>',
    writtenBy: 'nodes that join a pool',
    readBy: ['client', 'operator'],
    place: { bucket: 'mesh' },
    mib: { full: 16, least: 1 },
    protection: 'no_deletes',
    mustKeep: true,
    isRestored: true,
  },
  registry: {
    description: 'nodes, and the kinds that they serve',
    key: 'node.<id>, kind.<kind>',
    writtenBy: 'each node of itself',
    readBy: ['operator', 'observer'],
    place: { bucket: 'agents' },
    mib: { full: 16, least: 1 },
  },
  secret: {
    description: 'the keys of the mesh, which sign tickets',
    key: 'keys',
    writtenBy: 'the first node',
    place: { bucket: 'secret' },
    mib: { full: 1, least: 1 },
    protection: 'guarded',
    mustKeep: true,
    isRestored: true,
  },
  requests: {
    description: 'requests that may be repeated, by their idempotency keys',
    key: 'key.<hash>',
    writtenBy: 'gateways',
    place: { bucket: 'requests' },
    mib: { full: 64, least: 4 },
    maxAgeDays: 1,
    whenFull: 'drop_oldest',
  },
  // after a week the record of an act is gone: an attempt that late would do the act again
  acts: {
    description: 'acts that were begun, and intents that may be acted for later',
    key: 'act.<hash>, cause.<hash>',
    writtenBy: 'the node of the agent',
    place: { bucket: 'acts' },
    mib: { full: 64, least: 4 },
    maxAgeDays: 7,
  },
  shared: {
    description: 'shared memory',
    key: '<encoded key>',
    writtenBy: 'agents',
    place: { bucket: 'shared' },
    mib: { full: 64, least: 4 },
  },
  working: {
    description: 'working memory: short-term context',
    key: '<scope>.index, <scope>.<write id>',
    writtenBy: 'agents',
    place: { bucket: 'working' },
    mib: { full: 256, least: 4 },
    maxAgeDays: 1,
    whenFull: 'drop_oldest',
  },
} as const;

export type LogName = keyof typeof declaredLogs;
export type BucketName = keyof typeof declaredBuckets;

export const logs: Readonly<Record<LogName, LogDeclaration>> = completed<LogName, LogDeclaration, typeof usualLog>(
  declaredLogs,
  usualLog,
);
export const buckets: Readonly<Record<BucketName, BucketDeclaration>> = completed<
  BucketName,
  BucketDeclaration,
  typeof usualBucket
>(declaredBuckets, usualBucket);

export const logNames: readonly LogName[] = Object.freeze(Object.keys(logs) as LogName[]);
export const bucketNames: readonly BucketName[] = Object.freeze(Object.keys(buckets) as BucketName[]);

/** Adds to each entry what it says nothing of. */
function completed<N extends string, D extends object, U extends Partial<D>>(
  declared: Readonly<Record<N, Declared<D, U>>>,
  usual: U,
): Readonly<Record<N, D>> {
  const entries = Object.entries<Declared<D, U>>(declared).map(([name, entry]) => [name, { ...usual, ...entry }]);
  return Object.freeze(Object.fromEntries(entries) as Record<N, D>);
}
