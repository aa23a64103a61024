/** A nats-server without installing one. */
export { type RunFile, readRunFile } from './data-folder.ts';
export {
  type Attempt,
  DataFolderLockedError,
  NatsServerNotFoundError,
  NatsServerStartError,
  NatsServerUnusableError,
} from './embedded-errors.ts';
export { type FindOptions, findNatsServer } from './find-nats-server.ts';
export { type EmbeddedNatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
