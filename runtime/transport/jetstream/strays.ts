/** Finds messages in partitions that a pool does not have, published by a client that assumed too many partitions. */
import { mailboxStream, poolSubjects } from '../../core/subjects.ts';
import type { StrayPartition } from '../pool.ts';
import type { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';

interface SubjectPage {
  readonly total: number;
  readonly state: { readonly subjects?: Readonly<Record<string, number>> };
}

/** The server names at most 100,000 subjects per answer; beyond this number no further answer is requested. */
const mostSubjects = 500_000;

export async function findStrays(
  api: JetStreamApi,
  mesh: string,
  pool: string,
  partitions: number,
): Promise<readonly StrayPartition[]> {
  const counts = new Map<string, number>();
  for (let offset = 0; offset < mostSubjects; ) {
    const page = await api.request<SubjectPage>(apiSubject('STREAM.INFO', mailboxStream(mesh, pool)), {
      subjects_filter: poolSubjects(mesh, pool),
      offset,
    });
    const subjects = Object.entries(page.state.subjects ?? {});
    for (const [subject, messages] of subjects) countStray(counts, subject, messages, partitions);
    offset += subjects.length;
    if (subjects.length === 0 || offset >= page.total) break;
  }
  return [...counts].map(([partition, messages]) => ({ partition, messages }));
}

/** Reads `<mesh>.mbx.<pool>.<partition>.…`; "01" and "x" are invalid partitions. Pure. */
function countStray(counts: Map<string, number>, subject: string, messages: number, partitions: number): void {
  const partition = subject.split('.', 4)[3] ?? '';
  const isKnown = /^(0|[1-9]\d*)$/.test(partition) && Number(partition) < partitions;
  if (!isKnown) counts.set(partition, (counts.get(partition) ?? 0) + messages);
}
