/** The place of a ticket's intent, under which all its records are found. */
import { ParleyError } from '../core/errors.ts';
import { type AgentId, parseAgentId } from '../core/ids.ts';
import { mailboxStream } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';

export interface TicketPlace {
  readonly pool: string;
  readonly partition: number;
  /** Its sequence number in the pool's stream. */
  readonly seq: number;
  readonly intentId: string;
}

type Mailbox = Pick<TicketPlace, 'pool' | 'partition'>;

/** Finds the mailbox of an agent. @throws UnknownAgentError */
type Locate = (agent: AgentId) => Mailbox | Promise<Mailbox>;

class ForeignTicketError extends ParleyError {
  constructor(found: string, mesh: string) {
    super('PARLEY_FOREIGN_TICKET', `the ticket is of ${found}, not of mesh "${mesh}"; name its mesh with --mesh`);
  }
}

/** Returns the place of a ticket as a send returned it. @throws ForeignTicketError, and what `locate` throws */
export async function placeOfTicket(
  mesh: string,
  { intent_id: intentId, to, stream, seq }: Ticket,
  locate: Locate,
): Promise<TicketPlace> {
  const { pool, partition } = await locate(parseAgentId(to));
  if (mailboxStream(mesh, pool) !== stream) throw new ForeignTicketError(`stream "${stream}"`, mesh);
  return { pool, partition, seq, intentId };
}

/** Returns a place that names its mesh, if that is this mesh. @throws ForeignTicketError */
export function placeInMesh(
  mesh: string,
  { mesh: named, ...place }: TicketPlace & { readonly mesh: string },
): TicketPlace {
  if (named !== mesh) throw new ForeignTicketError(`mesh "${named}"`, mesh);
  return place;
}
