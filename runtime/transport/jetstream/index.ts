/** The adapter for nats-server. */

export { connectJetStream, type JetStreamSettings } from './connect.ts';
export { type ConnectionSettings, natsUrl, type TlsSettings, withoutSecrets } from './connection-settings.ts';
export { inspectMesh, type MeshInspection } from './inspect.ts';
export { type ObservedMessage, tailMailboxes } from './tail.ts';
