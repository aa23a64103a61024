/** Resumes an agent whose mailbox was paused after too many failures. */
import { ParleyError } from '../core/errors.ts';
import { parseAgentId } from '../core/ids.ts';
import { resumeQuestion } from '../core/node-report.ts';
import { registryPrefixes } from '../core/registry-entry.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Transport } from '../transport/index.ts';
import { nodeEntries } from './nodes.ts';

class NotPausedError extends ParleyError {
  constructor(agent: string, mesh: string) {
    super(
      'PARLEY_NOT_PAUSED',
      `no node of mesh "${mesh}" has paused agent "${agent}"; "parley ps --agents" shows which agents are`,
    );
  }
}

const prefix = `${registryPrefixes.node}.`;
const answerMs = 2_000;

/**
 * Asks every node, because only the node itself knows which agents it holds. @throws InvalidIdError, NotPausedError,
 * TransportUnavailableError
 */
export async function resumeAgent(transport: Transport, agent: string): Promise<void> {
  parseAgentId(agent);
  const { signals, mesh } = transport;
  const { records, unreadable } = await nodeEntries(transport);
  // a node with an unreadable entry may hold the agent too
  const nodes = [...records.map(({ node }) => node), ...unreadable.map(({ key }) => key.slice(prefix.length))];
  const answers = await Promise.all(
    nodes.map((node) => signals.ask(nodeSubject(mesh, node), `${resumeQuestion}${agent}`, answerMs)),
  );
  if (!answers.includes('true')) throw new NotPausedError(agent, mesh);
}
