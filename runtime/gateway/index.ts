/** The public names of `parley-runtime/gateway`: health, metrics and the way in, by HTTP. */

export type { TicketState } from '../inspect/index.ts';
export type { Accepted } from './accepted.ts';
export { type Gateway, startGateway } from './gateway.ts';
export {
  ForeignSenderError,
  IdempotencyConflictError,
  IdempotencyInProgressError,
  IdempotencyUnknownError,
  IngressLimitedError,
  RequestError,
  UnauthorizedError,
} from './gateway-errors.ts';
export type { GatewayOptions, SharedBucket } from './gateway-options.ts';
export { GatewayAddressError } from './http-server.ts';
export type { IngressBucket } from './ingress-bucket.ts';
