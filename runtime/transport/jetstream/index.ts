/** The adapter for nats-server. */
export { connectJetStream, type JetStreamSettings } from './jetstream-transport.ts';
