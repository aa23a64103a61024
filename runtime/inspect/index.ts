/** Queries about a mesh: the only entry point for commands, the gateway, a console. */

export type { Reading, UnreadableRecord } from '../core/stored-record.ts';
export { type AgentDescription, describeAgent, pausedLanes, type RunningAgents, runningAgents } from './agents.ts';
export { type DeadLetter, deadLetterAt, deadLetterNumbered, newestDeadLetters } from './dead-letters.ts';
export { newestEscalations } from './escalations.ts';
export type { Finding } from './finding.ts';
export { dataFolderFinding, nodeFinding, opaFinding, typescriptFinding } from './machine-findings.ts';
export { type MailboxMessage, readMailboxMessage } from './mailbox-message.ts';
export { type KnownNode, knownNodes } from './nodes.ts';
export { poolFill } from './pool-fill.ts';
export { pausedOn, resumeAgent } from './resume-agent.ts';
export { type RunningServer, type ServerProbes, serverFinding } from './server-finding.ts';
export {
  databaseFinding,
  type EmbedderFacts,
  embeddingsFinding,
  redisFinding,
  vectorsFinding,
} from './store-findings.ts';
export { placeInMesh, placeOfTicket, type TicketPlace } from './ticket-place.ts';
export { type TicketState, ticketState } from './ticket-state.ts';
