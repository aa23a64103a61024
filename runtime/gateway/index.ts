/** The public names of `parley-runtime/gateway`: health, metrics and the way in, by HTTP. */
export { type Gateway, GatewayAddressError, startGateway } from './gateway.ts';
export {
  ForeignSenderError,
  IdempotencyConflictError,
  IngressLimitedError,
  RequestError,
  UnauthorizedError,
} from './gateway-errors.ts';
export type { GatewayOptions, SharedBucket } from './gateway-options.ts';
export type { Accepted } from './idempotency.ts';
export type { IngressBucket } from './ingress-bucket.ts';
export type { TicketState } from './ticket-state.ts';
