/** Names of senders outside the agents of a mesh: `client/<name>`, never the name of a node. */
import { ParleyError } from './errors.ts';
import { type AgentId, clientKind, parseAgentId } from './ids.ts';

/** Prefix of every node id. */
export const nodePrefix = 'node-';

const nodeName = /^node-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A client claims an id that is not `client/<name>`: it may send neither as an agent nor as a node. */
export class ForeignSenderError extends ParleyError {
  constructor(from: string, what: string) {
    super(
      'PARLEY_FOREIGN_SENDER',
      `"${from}" is ${what}: outside speaks as "client/<name>"; "${nodePrefix}" and a UUID is the name of a node`,
    );
  }
}

/** A node sends as `client/node-<UUID version 7>` for code in its own process. */
const isNodeName = ({ kind, key }: AgentId): boolean =>
  kind === clientKind && key?.startsWith(nodePrefix) === true && nodeName.test(key);

/**
 * Tells whether a gateway may have issued a ticket to this sender, so that a status query for the intent may follow. The
 * process of a node never queries a gateway for its tickets.
 */
export const mayHoldTickets = (sender: AgentId): boolean => sender.kind === clientKind && !isNodeName(sender);

/** @throws InvalidIdError, ForeignSenderError */
export function checkClient(from: unknown): void {
  const id = parseAgentId(from);
  if (id.kind !== clientKind) throw new ForeignSenderError(String(from), "an agent's id");
  if (id.key === undefined) throw new ForeignSenderError(String(from), 'no name');
  if (isNodeName(id)) throw new ForeignSenderError(String(from), "a node's own name");
}
