/** The nodes of a mesh, each with its present report. */
import { type NodeReport, reportQuestion, reportShape } from '../core/node-report.ts';
import { type NodeEntry, nodeShape, registryPrefixes } from '../core/registry-entry.ts';
import { type Reading, readStored, UnreadableRecordError } from '../core/stored-record.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Signals, Transport } from '../transport/index.ts';
import { registryEntries } from './registry-entries.ts';

export interface KnownNode {
  readonly entry: NodeEntry;
  /** `undefined`: the node does not answer, or its answer is unreadable. */
  readonly report: NodeReport | undefined;
  readonly state: NonNullable<NodeReport['state']> | 'does not answer' | 'cannot be read';
}

const answerMs = 1_000;

/** Includes nodes that died without withdrawing, until their entries expire: only an answer proves that a node is alive. */
export async function nodeEntries(transport: Transport): Promise<Reading<NodeEntry>> {
  return registryEntries(transport, nodeShape, registryPrefixes.node);
}

/** Waits at most a second for nodes that do not answer. @throws TransportUnavailableError */
export async function knownNodes(transport: Transport): Promise<Reading<KnownNode>> {
  const { records: entries, unreadable } = await nodeEntries(transport);
  return { records: await Promise.all(entries.map((entry) => asked(transport, entry))), unreadable };
}

async function asked({ signals, mesh }: Transport, entry: NodeEntry): Promise<KnownNode> {
  try {
    const report = await askForReport(signals, mesh, entry.node, answerMs);
    return { entry, report, state: report === undefined ? 'does not answer' : (report.state ?? entry.state) };
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { entry, report: undefined, state: 'cannot be read' };
  }
}

/** Returns `undefined` when the node does not answer in time. @throws UnreadableRecordError */
export async function askForReport(
  signals: Signals,
  mesh: string,
  node: string,
  timeoutMs: number,
): Promise<NodeReport | undefined> {
  const answer = await signals.ask(nodeSubject(mesh, node), reportQuestion, timeoutMs);
  return answer === undefined ? undefined : readStored(reportShape, { key: node, text: answer });
}
