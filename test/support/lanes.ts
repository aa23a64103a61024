/** Builds lanes, or subjects of lanes, from short names. */
import { parseAgentId } from '../../runtime/core/ids.ts';
import { type LaneClass, mailboxSubject, parseMailboxSubject } from '../../runtime/core/subjects.ts';
import { Lane } from '../../runtime/mailbox/lane.ts';

/** Returns the lane from one agent to another in pool `main`. */
export function laneSubject(from: string, to: string, lane: LaneClass = 'i', partition = 0): string {
  return mailboxSubject('sim', { pool: 'main', partition, to: parseAgentId(to), from: parseAgentId(from), lane });
}

export function laneOf(from: string, to = 'agent/a', lane: LaneClass = 'i'): Lane {
  const subject = laneSubject(from, to, lane);
  const at = parseMailboxSubject(subject);
  if (at === undefined) throw new Error(`"${subject}" is no lane`);
  return new Lane(subject, at);
}

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
