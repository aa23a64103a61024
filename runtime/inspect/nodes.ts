/** The nodes of a mesh, each with what it says of itself just now. */
import { type NodeReport, reportQuestion } from '../core/node-report.ts';
import { type NodeEntry, registryPrefixes } from '../core/registry-entry.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Signals, Transport } from '../transport/index.ts';

export interface KnownNode {
  readonly entry: NodeEntry;
  /** `undefined`: it does not answer. */
  readonly report: NodeReport | undefined;
  readonly state: NonNullable<NodeReport['state']> | 'does not answer';
}

const answerMs = 1_000;

/** Also those that died without withdrawing: whether one lives only it can say. */
export async function nodeEntries(transport: Transport): Promise<readonly NodeEntry[]> {
  const entries = await transport.bucket('registry').list(registryPrefixes.node);
  return entries.map(({ value }) => JSON.parse(value) as NodeEntry);
}

/** Waits a second at the most for those that do not answer. @throws TransportUnavailableError */
export async function knownNodes(transport: Transport): Promise<readonly KnownNode[]> {
  const { signals, mesh } = transport;
  const entries = await nodeEntries(transport);
  return Promise.all(
    entries.map(async (entry): Promise<KnownNode> => {
      const report = await askForReport(signals, mesh, entry.node, answerMs);
      return { entry, report, state: report === undefined ? 'does not answer' : (report.state ?? entry.state) };
    }),
  );
}

/** `undefined` when it does not answer in time. */
export async function askForReport(
  signals: Signals,
  mesh: string,
  node: string,
  timeoutMs: number,
): Promise<NodeReport | undefined> {
  const answer = await signals.ask(nodeSubject(mesh, node), reportQuestion, timeoutMs);
  return answer === undefined ? undefined : (JSON.parse(answer) as NodeReport);
}
