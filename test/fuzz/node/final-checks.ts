/** Checks the node after all inputs: it is healthy, and has a record for everything executed or accepted. */
import { setTimeout as pause } from 'node:timers/promises';
import { checkKind } from '../../../runtime/core/ids.ts';
import { parseMailboxSubject } from '../../../runtime/core/subjects.ts';
import { executionsIn } from './executions.ts';
import { partitions, type Running } from './fuzzed-node.ts';
import type { Ledger } from './ledger.ts';
import { MeshStore, type StoredRecords } from './stored-records.ts';

/** Ends a wait that would never end; it measures nothing. */
const drainMs = 120_000;
/** What a node may keep more than at its start: its mailboxes, buckets and records are bounded far below. */
const keptBytes = 160 * 1024 * 1024;
const mostShown = 5;

/** @returns each fault in a sentence */
export async function finalFaults(
  url: string,
  node: Running,
  ledger: Ledger,
  heapAtStart: number,
): Promise<readonly string[]> {
  await using store = await MeshStore.open(url, node.mesh);
  const faults: string[] = [];
  const left = await leftover(store);
  if (left.length > 0) faults.push(`still in mailboxes, and nothing keeps them there: ${some(left)}`);
  const health = await node.health();
  if (health.status !== 'ok') faults.push(`/healthz says ${JSON.stringify(health)}`);
  const { heapUsed, external } = await node.reading();
  if (heapUsed + external > heapAtStart + keptBytes) {
    faults.push(`the node keeps ${mebibytes(heapUsed + external)}, and ${mebibytes(heapAtStart)} at its start`);
  }
  const executed = await executionsIn(node.executions);
  return [...faults, ...recordFaults(await store.records(), executed, ledger, node.mesh)];
}

/** Pure. */
export function recordFaults(
  { archive, dead }: StoredRecords,
  executed: ReadonlyMap<string, number>,
  ledger: Pick<Ledger, 'acceptedBy' | 'storedBy'>,
  mesh: string,
): readonly string[] {
  const handled = new Map<string, number>();
  const known = new Set<string>();
  for (const { outcome, intent } of archive) {
    const { intent_id: id } = intent as { readonly intent_id: string };
    known.add(id);
    if (outcome === 'handled') handled.set(id, (handled.get(id) ?? 0) + 1);
  }
  const finished = new Set([...archive.map(({ seq }) => seq), ...dead.map(({ seq }) => seq)]);
  const faults: string[] = [];
  const report = (what: string, found: readonly string[]): void => {
    if (found.length > 0) faults.push(`${found.length} ${what}: ${some(found)}`);
  };
  const unequal = [...executed].filter(([id, times]) => times !== (handled.get(id) ?? 0));
  report(
    'intents were executed as often as their archive does not say',
    unequal.map(([id, times]) => `"${id}" ${times}, archived ${handled.get(id) ?? 0}`),
  );
  report(
    'intents have a record without an execution',
    [...handled.keys()].filter((id) => !executed.has(id)),
  );
  report(
    'intents were accepted with a ticket and have no record',
    [...ledger.acceptedBy(mesh)].filter((id) => !known.has(id)),
  );
  const lost = ledger.storedBy(mesh).filter(({ seq, subject }) => isServed(subject) && !finished.has(seq));
  report(
    'messages to mailboxes have neither archive record nor dead letter',
    lost.map(({ seq, subject }) => `${seq} ${subject}`),
  );
  return faults;
}

/** Messages that wait although the node could finish them. */
async function leftover(store: MeshStore): Promise<readonly string[]> {
  const until = performance.now() + drainMs;
  for (;;) {
    const left = (await store.waiting()).filter(isFinishable);
    if (left.length === 0 || performance.now() > until) return left;
    await pause(100);
  }
}

/** Intents for kinds without code are held, and partitions that a pool does not have have no owner. */
function isFinishable(subject: string): boolean {
  if (!isOwned(subject)) return false;
  const at = parseMailboxSubject(subject);
  return at === undefined || served.has(at.to.kind) || !isKind(at.to.kind);
}

/** Replies are done with at once, and have no record. */
function isServed(subject: string): boolean {
  const at = isOwned(subject) ? parseMailboxSubject(subject) : undefined;
  return at !== undefined && at.lane === 'i' && served.has(at.to.kind);
}

function isOwned(subject: string): boolean {
  const [, , pool, partition = ''] = subject.split('.');
  return pool === 'main' && /^(0|[1-9]\d*)$/.test(partition) && Number(partition) < partitions;
}

const served: ReadonlySet<string> = new Set(['worker', 'ledger']);

function isKind(kind: string): boolean {
  try {
    checkKind(kind);
    return true;
  } catch {
    return false;
  }
}

const some = (found: readonly string[]): string => found.slice(0, mostShown).join(', ');
const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
