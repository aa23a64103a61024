/** What a confirmed send returns; finds the intent again. */
import { type AgentId, clientKind } from './ids.ts';

/** Nodes speak as `client/node-<id>` for the process that they live in, which asks nobody for its tickets. */
export const nodePrefix = 'node-';

/** Whether a gateway may have given the sender a ticket, by which it will ask for its intent. */
export const mayHoldTickets = ({ kind, key }: AgentId): boolean =>
  kind === clientKind && key?.startsWith(nodePrefix) !== true;

export interface Ticket {
  readonly intent_id: string;
  /** The receiver: `kind` or `kind/key`. */
  readonly to: string;
  /** The stream that stored it. */
  readonly stream: string;
  /** Its place in that stream: order of acceptance. */
  readonly seq: number;
}
