/** The public names of `parley-runtime/gateway`: health, metrics and ingress by HTTP. */

export { ForeignSenderError } from '../core/client-name.ts';
export type { TicketState } from '../inspect/index.ts';
export type { Accepted } from './accepted.ts';
export { type Gateway, startGateway } from './gateway.ts';
export {
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
