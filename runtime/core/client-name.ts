/** Who may speak from outside the agents of a mesh: `client/<name>`, and no name of a node. */
import { ParleyError } from './errors.ts';
import { type AgentId, clientKind, parseAgentId } from './ids.ts';

/** Begins a node's id. */
export const nodePrefix = 'node-';

const nodeName = /^node-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Clients outside speak as `client/<name>`: never as an agent, nor as a node. */
export class ForeignSenderError extends ParleyError {
  constructor(from: string, what: string) {
    super(
      'PARLEY_FOREIGN_SENDER',
      `"${from}" is ${what}: outside speaks as "client/<name>"; "${nodePrefix}" and a UUID is the name of a node`,
    );
  }
}

/** Nodes speak as `client/node-<UUID version 7>` for the process that they live in. */
const isNodeName = ({ kind, key }: AgentId): boolean =>
  kind === clientKind && key?.startsWith(nodePrefix) === true && nodeName.test(key);

/**
 * Whether a gateway may have given the sender a ticket, by which it will ask for its intent: the process of a node asks
 * nobody for its tickets.
 */
export const mayHoldTickets = (sender: AgentId): boolean => sender.kind === clientKind && !isNodeName(sender);

/** @throws InvalidIdError, ForeignSenderError */
export function checkClient(from: unknown): void {
  const id = parseAgentId(from);
  if (id.kind !== clientKind) throw new ForeignSenderError(String(from), "an agent's id");
  if (id.key === undefined) throw new ForeignSenderError(String(from), 'no name');
  if (isNodeName(id)) throw new ForeignSenderError(String(from), "a node's own name");
}
