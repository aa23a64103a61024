/** The public names of `parley-runtime`. Importing it loads no server, no driver and no command line. */

export type { MailboxOptions, SupervisionOptions } from './actor/agent-options.ts';
export type {
  ActivationContext,
  AgentMemories,
  AgentMemory,
  AgentTimers,
  Ask,
  FindQuery,
  HandlingContext,
  KeepOptions,
  ReasonLimits,
  ReasonResult,
  SenderContext,
  StepContext,
  Tell,
  Thought,
} from './actor/context.ts';
export type { AppMemory, WorkingStore } from './actor/contexts/ports.ts';
export { NoMemoryError } from './actor/contexts/remembering.ts';
export {
  type Agent,
  type AgentDefinition,
  type AnyAgent,
  defineAgent,
  type ReceiveAll,
  type ReceiveEach,
} from './actor/define-agent.ts';
export { HandlingEndedError } from './actor/handling-ended.ts';
export { type Needs, needs, UnknownServiceError } from './actor/needs.ts';
export {
  KindConflictError,
  PartitionLostError,
  PoolConflictError,
  UnknownAgentError,
} from './cluster/cluster-errors.ts';
export {
  type Change,
  type Claim,
  type Direction,
  emptyLedger,
  type Grant,
  type Granting,
  type GrantLedger,
  type GrantRules,
  grantOne,
  type Refusal,
} from './coordination/grant.ts';
export { InvalidActError } from './core/act-proposal.ts';
export type {
  ActResult,
  Alternative,
  Approval,
  Cause,
  ContextItem,
  Contribution,
  Decision,
  Effect,
  ProposedAction,
  Rationale,
  Strategy,
} from './core/acting.ts';
export { type AgentRef, agentRef, type KindRef } from './core/agent-ref.ts';
export type { Clock, Timer } from './core/clock.ts';
export type { MessageHeaders } from './core/delivery.ts';
export { InvalidIdError, InvalidOptionError, isRetryable, NonRetryableError, ParleyError } from './core/errors.ts';
export type { Escalation, EscalationReason } from './core/escalation.ts';
export { agentId, keyText } from './core/ids.ts';
export { type Budget, type Intent, type IntentDraft, intentLimits } from './core/intent.ts';
export {
  DeadlinePassedError,
  IntentRefusedError,
  IntentTooDeepError,
  IntentTooLargeError,
  InvalidIntentError,
  MalformedJsonError,
  MissingKeyError,
  MissingReceiverError,
  ReceiverMismatchError,
  SchemaViolationError,
  SenderMismatchError,
  TooManyHopsError,
  UnknownIntentTypeError,
  UnsafeKeyError,
} from './core/intent-errors.ts';
export type {
  InputOf,
  IntentSchema,
  IntentSchemas,
  OutputOf,
  RetryRule,
  StandardSchema,
} from './core/intent-schema.ts';
export type { Json, JsonObject } from './core/json.ts';
export { NotJsonError } from './core/json-snapshot.ts';
export type { LogFields, Logger } from './core/logger.ts';
export { BundleIncompleteError } from './core/own-file.ts';
export type { Random } from './core/random.ts';
export { UnreadableRecordError } from './core/stored-record.ts';
export type { Ticket } from './core/ticket.ts';
export type { Traced, TracedSend, Tracing } from './core/tracing.ts';
export type { DraftOf, IntentOf, ReplyOf, ReplyTo, TypeOf } from './core/typed-intents.ts';
export {
  EgressLimitedError,
  MailboxFullError,
  NodeStoppingError,
  SenderOverloadedError,
  SendOutcomeUnknownError,
  SendRejectedError,
  SendTimeoutError,
  StoreFullError,
} from './mailbox/mailbox-errors.ts';
export type { SendMode } from './mailbox/sending.ts';
export type { BucketRule } from './mailbox/token-bucket.ts';
export {
  AlreadyRepliedError,
  AskFailedError,
  AskTimeoutError,
  CircularWaitError,
  TooManyAsksError,
} from './messaging/ask-errors.ts';
export type { SendOptions } from './messaging/checked-intent.ts';
export type { AskOptions, BroadcastResult, FoundKind, Sent } from './messaging/speech.ts';
export { type App, type AppDefinition, defineApp } from './node/app.ts';
export type { Health, HealthStatus } from './node/health.ts';
export { type Node, startNode } from './node/node.ts';
export type { StopOptions, TellOptions, TicketIn } from './node/node-calls.ts';
export type { NodeCounts } from './node/node-counts.ts';
export type { NodeLimits } from './node/node-limits.ts';
export type { NodeOptions } from './node/node-options.ts';
export type { NodeObserver } from './node/observer.ts';
export { ServicesError } from './node/open-services.ts';
export type { NodeServices, OpenServices, Part, ServiceEnv } from './node/services.ts';
export { ActDivergedError, ActNotRecordedError, ForeignCauseError, NoActuatorError } from './policy/act-errors.ts';
export type { ActOptions, Actuator, Execution } from './policy/act-options.ts';
export type { ApprovalRequest, Approver } from './policy/approver.ts';
export type { PolicyEngine } from './policy/policy-engine.ts';
export type { Option, Question, RankedOption, Reasoned, Reasoner } from './reasoning/reasoner.ts';
export { ruleBasedReasoner } from './reasoning/rule-based.ts';
export type { NewReasoningTrace, ReasoningTrace, TraceFilter, TraceStore } from './telemetry/reasoning-trace.ts';
export {
  AccessRefusedError,
  AccountLimitError,
  NoJetStreamError,
  PermissionRefusedError,
  RevisionConflictError,
  ServerTooOldError,
  StaleEpochError,
  StorageQuotaError,
  StreamConflictError,
  StreamRefusedError,
  type Transport,
  TransportUnavailableError,
} from './transport/index.ts';
