/** The adapter for nats-server. */
export { type ConnectionSettings, natsUrl, type TlsSettings, withoutSecrets } from './connection-settings.ts';
export { inspectMesh, type MeshInspection } from './inspect.ts';
export { connectJetStream, type JetStreamSettings } from './jetstream-transport.ts';
export { type Passing, tailMailboxes } from './tail.ts';
