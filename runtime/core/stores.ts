/**
 * The catalogue of what a mesh stores beside its mailboxes: every log and every key-value bucket, declared once.
 *
 * All else follows from an entry: the stream that every adapter makes or adopts, its share of the reserved disk, what `parley
 * doctor`
 * compares, `transport.log(name)` and `transport.bucket(name)`, and the tables of `runtime/transport/README.md`. Plain data, so
 * that
 * the names are types.
 */

import type { BucketDeclaration, LogDeclaration } from './store-declaration.ts';

const declaredLogs = {
  archive: {
    description: 'finished intents in groups',
    key: '<pool>.<partition>',
    writtenBy: 'the owner of the partition',
    readBy: [],
    stream: 'archive',
    subject: 'arc',
    mib: { full: 256, least: 8 },
    maxAgeDays: 30,
    maxRecords: 0,
    maxPerKey: 0,
    whenFull: 'drop_oldest',
    dedupeMs: 120_000,
  },
  dead: {
    description: "dead letters, and notes on intents that the archive does not take; `seq` is of the pool's stream",
    key: '<pool>.<partition>.<seq>',
    writtenBy: 'the owner of the partition',
    readBy: ['operator', 'observer'],
    stream: 'dead',
    subject: 'dead',
    mib: { full: 256, least: 8 },
    maxAgeDays: 30,
    maxRecords: 0,
    maxPerKey: 0,
    whenFull: 'drop_oldest',
    dedupeMs: 120_000,
  },
  // a subject costs the server 414 bytes of memory (measured): at most 40 MB
  handled: {
    description: 'marks of handled intents whose senders may ask for them',
    key: '<pool>.<partition>.<seq>',
    writtenBy: 'the owner of the partition',
    readBy: [],
    stream: 'handled',
    subject: 'done',
    mib: { full: 32, least: 4 },
    maxAgeDays: 30,
    maxRecords: 100_000,
    maxPerKey: 1,
    whenFull: 'drop_oldest',
    dedupeMs: 1_000,
  },
  escalations: {
    description: 'calls for a human',
    key: '<kind>.<key or =>',
    writtenBy: 'the node of the agent',
    readBy: ['operator', 'observer'],
    stream: 'escalations',
    subject: 'esc',
    mib: { full: 16, least: 4 },
    maxAgeDays: 30,
    maxRecords: 0,
    maxPerKey: 0,
    whenFull: 'drop_oldest',
    dedupeMs: 120_000,
  },
  decisions: {
    description: 'what policy decided of each act',
    key: '<kind>.<key or =>',
    writtenBy: 'the node of the agent',
    readBy: [],
    stream: 'decisions',
    subject: 'dec',
    mib: { full: 256, least: 8 },
    maxAgeDays: 30,
    maxRecords: 0,
    maxPerKey: 0,
    whenFull: 'drop_oldest',
    dedupeMs: 120_000,
  },
  // readers build an index from the first record to the last: nothing may be dropped
  knowledge: {
    description: 'changes of the semantic memory, from the first to the last',
    key: '<document id>',
    writtenBy: 'semantic memory',
    readBy: [],
    stream: 'knowledge',
    subject: 'know',
    mib: { full: 1024, least: 8 },
    maxAgeDays: 0,
    maxRecords: 0,
    maxPerKey: 0,
    whenFull: 'refuse_new',
    dedupeMs: 120_000,
  },
} as const;

const declaredBuckets = {
  owners: {
    description: 'who owns a partition; the revision of an entry is the epoch',
    key: '<pool>.<partition>',
    writtenBy: 'nodes that claim or release the partition',
    readBy: [],
    // agent state; proofs of contact
    place: { stream: 'state', subject: 'own', otherSubjects: ['st', 'conf'] },
    mib: { full: 512, least: 8 },
    maxAgeDays: 0,
    whenFull: 'refuse_new',
    protection: 'none',
    mustKeep: true,
    isRestored: false,
  },
  meshConfig: {
    description: 'pools, and the pool of each kind',
    key: 'pool.<pool>, kind.<kind>',
    writtenBy: 'nodes that join a pool',
    readBy: ['client', 'operator'],
    place: { bucket: 'mesh' },
    mib: { full: 16, least: 1 },
    maxAgeDays: 0,
    whenFull: 'refuse_new',
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
    maxAgeDays: 0,
    whenFull: 'refuse_new',
    protection: 'none',
    mustKeep: false,
    isRestored: false,
  },
  requests: {
    description: 'requests that may be repeated, by their idempotency keys',
    key: 'key.<hash>',
    writtenBy: 'gateways',
    readBy: [],
    place: { bucket: 'requests' },
    mib: { full: 64, least: 4 },
    maxAgeDays: 1,
    whenFull: 'drop_oldest',
    protection: 'none',
    mustKeep: false,
    isRestored: false,
  },
  // entries never expire: after an expiry another act would be done in its place
  acts: {
    description: 'acts that were begun, and intents that may be acted for later',
    key: 'act.<hash>, cause.<hash>',
    writtenBy: 'the node of the agent',
    readBy: [],
    place: { bucket: 'acts' },
    mib: { full: 64, least: 4 },
    maxAgeDays: 7,
    whenFull: 'refuse_new',
    protection: 'none',
    mustKeep: false,
    isRestored: false,
  },
  shared: {
    description: 'shared memory',
    key: '<encoded key>',
    writtenBy: 'agents',
    readBy: [],
    place: { bucket: 'shared' },
    mib: { full: 64, least: 4 },
    maxAgeDays: 0,
    whenFull: 'refuse_new',
    protection: 'none',
    mustKeep: false,
    isRestored: false,
  },
  working: {
    description: 'working memory: short-term context',
    key: '<scope>.index, <scope>.<write id>',
    writtenBy: 'agents',
    readBy: [],
    place: { bucket: 'working' },
    mib: { full: 256, least: 4 },
    maxAgeDays: 1,
    whenFull: 'drop_oldest',
    protection: 'none',
    mustKeep: false,
    isRestored: false,
  },
  secret: {
    description: 'the keys of the mesh, which sign tickets',
    key: 'keys',
    writtenBy: 'the first node',
    readBy: [],
    place: { bucket: 'secret' },
    mib: { full: 1, least: 1 },
    maxAgeDays: 0,
    whenFull: 'refuse_new',
    protection: 'guarded',
    mustKeep: true,
    isRestored: true,
  },
} as const;

export type LogName = keyof typeof declaredLogs;
export type BucketName = keyof typeof declaredBuckets;

export const logs: Readonly<Record<LogName, LogDeclaration>> = Object.freeze(declaredLogs);
export const buckets: Readonly<Record<BucketName, BucketDeclaration>> = Object.freeze(declaredBuckets);

export const logNames: readonly LogName[] = Object.freeze(Object.keys(logs) as LogName[]);
export const bucketNames: readonly BucketName[] = Object.freeze(Object.keys(buckets) as BucketName[]);
