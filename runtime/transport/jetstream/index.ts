/** The adapter for nats-server. */
export { type ConnectionSettings, withoutSecrets } from './connection.ts';
export { connectJetStream, type JetStreamSettings } from './jetstream-transport.ts';
export { type Passing, tailMailboxes } from './tail.ts';
