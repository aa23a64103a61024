/** The nodes of a mesh with what each says of itself just now. */
import { askForReport, type NodeReport } from '../cluster/node-report.ts';
import { type NodeEntry, Registry } from '../cluster/registry.ts';
import { systemClock } from '../core/clock.ts';
import type { Transport } from '../transport/index.ts';

export interface KnownNode {
  readonly entry: NodeEntry;
  /** `undefined`: it does not answer. */
  readonly report: NodeReport | undefined;
}

const answerMs = 1_000;

export const registryOf = (transport: Transport): Registry => new Registry(transport.registry, systemClock);

export async function knownNodes(transport: Transport, mesh: string): Promise<readonly KnownNode[]> {
  const entries = await registryOf(transport).nodes();
  return Promise.all(
    entries.map(async (entry) => {
      return { entry, report: await askForReport(transport.signals, mesh, entry.node, answerMs) };
    }),
  );
}
