/** Resumes an agent whose mailbox was paused after too many failures. */
import { ParleyError } from '../core/errors.ts';
import { parseAgentId } from '../core/ids.ts';
import { resumeQuestion } from '../core/node-report.ts';
import { registryPrefixes } from '../core/registry-entry.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Transport } from '../transport/index.ts';
import { pausedLanes, runningAgents } from './agents.ts';
import { knownNodes, nodeEntries } from './nodes.ts';

class NotPausedError extends ParleyError {
  constructor(agent: string, mesh: string) {
    super(
      'PARLEY_NOT_PAUSED',
      `no node of mesh "${mesh}" has paused agent "${agent}"; "parley ps --agents" shows which agents are`,
    );
  }
}

/** Returns the nodes that have paused the agent, or a lane to it. @throws InvalidIdError, NotPausedError, TransportUnavailableError */
export async function pausedOn(transport: Transport, agent: string): Promise<readonly string[]> {
  parseAgentId(agent);
  const { records } = await knownNodes(transport);
  const paused = runningAgents(records).agents.filter(({ id, status }) => id === agent && status === 'paused');
  const lanes = pausedLanes(records).filter((lane) => lane.agent === agent);
  const nodes = [...new Set([...paused, ...lanes].map(({ node }) => node))];
  if (nodes.length === 0) throw new NotPausedError(agent, transport.mesh);
  return nodes;
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
