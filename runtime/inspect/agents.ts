/** Running agents on the nodes of a mesh, or one agent with the intents that it accepts. */
import { ParleyError } from '../core/errors.ts';
import { formatAgentId, parseAgentId } from '../core/ids.ts';
import type { IntentShape } from '../core/intent-shape.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { InstanceReport, PausedLaneReport } from '../core/node-report.ts';
import { type KindEntry, kindShape, registryPrefixes } from '../core/registry-entry.ts';
import { type UnreadableRecord, UnreadableRecordError } from '../core/stored-record.ts';
import type { Transport } from '../transport/index.ts';
import { type KnownNode, knownNodes } from './nodes.ts';
import { registryEntries } from './registry-entries.ts';

/** An agent in a node's memory. */
export interface RunningAgent extends InstanceReport {
  readonly node: string;
}

export interface RunningAgents {
  readonly agents: readonly RunningAgent[];
  /** How many more there are than fit into the nodes' answers. */
  readonly hidden: number;
}

export interface AgentDescription {
  readonly agent: string;
  readonly pool: string;
  readonly keyed: boolean;
  readonly broadcasts_reach: readonly string[];
  /** Ids of these nodes. */
  readonly served_by: readonly string[];
  /** Empty: its next intent activates it. */
  readonly in_memory: readonly Omit<RunningAgent, 'id'>[];
  /** Paused lanes to the agent; absent without any. */
  readonly paused_lanes?: readonly { readonly sender: string; readonly node: string }[];
  readonly accepts: Readonly<Record<string, IntentShape>>;
  /** Nodes with unreadable entries, which may serve it too. Absent when there is none. */
  readonly unreadable?: readonly UnreadableRecord[];
}

class UnknownKindError extends ParleyError {
  constructor(kind: string, mesh: string, known: readonly string[]) {
    const nearest = nearestName(kind, known);
    const all = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
    const there = nearest === undefined ? all : `did you mean "${nearest}"?`;
    super('PARLEY_UNKNOWN_AGENT', `mesh "${mesh}" has no agents of kind "${kind}": ${there}`);
  }
}

export function runningAgents(nodes: readonly KnownNode[]): RunningAgents {
  const agents = nodes.flatMap(({ entry: { node }, report }) =>
    (report?.instances ?? []).map((instance) => ({ ...instance, node })),
  );
  const there = nodes.reduce((sum, { report }) => sum + (report?.instances_total ?? 0), 0);
  return { agents, hidden: there - agents.length };
}

/** A paused lane with its node. */
export interface PausedLane extends PausedLaneReport {
  readonly node: string;
}

export function pausedLanes(nodes: readonly KnownNode[]): readonly PausedLane[] {
  return nodes.flatMap(({ entry: { node }, report }) =>
    (report?.paused_lanes ?? []).map((lane) => ({ ...lane, node })),
  );
}

/** @throws InvalidIdError, UnknownKindError, UnreadableRecordError, TransportUnavailableError */
export async function describeAgent(transport: Transport, agent: string): Promise<AgentDescription> {
  const id = parseAgentId(agent);
  const { pool, keyed, broadcasts, intents } = await kindEntry(transport, id.kind);
  const { records, unreadable } = await knownNodes(transport);
  const nodes = records.filter(({ entry }) => entry.kinds.includes(id.kind));
  const named = runningAgents(nodes).agents.filter((running) => running.id === formatAgentId(id));
  const lanes = pausedLanes(nodes).filter((lane) => lane.agent === formatAgentId(id));
  return {
    agent,
    pool,
    keyed,
    broadcasts_reach: broadcasts,
    served_by: nodes.map(({ entry }) => entry.node),
    in_memory: named.map(({ id: _id, ...rest }) => rest),
    ...(lanes.length === 0 ? {} : { paused_lanes: lanes.map(({ sender, node }) => ({ sender, node })) }),
    accepts: intents,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

async function kindEntry(transport: Transport, kind: string): Promise<KindEntry> {
  const { records, unreadable } = await registryEntries(transport, kindShape, registryPrefixes.kind);
  const found = records.find((entry) => entry.kind === kind);
  if (found !== undefined) return found;
  const spoilt = unreadable.find(({ key }) => key === `${registryPrefixes.kind}.${kind}`);
  if (spoilt !== undefined) throw new UnreadableRecordError(kindShape.what, spoilt.key, spoilt.reason);
  const known = records.map((entry) => entry.kind);
  throw new UnknownKindError(kind, transport.mesh, known);
}
