/** The public names of the embedded servers, which need no installation. */
export {
  type Attempt,
  DataFolderLockedError,
  DataFolderUnsafeError,
  DataFolderUnusableError,
  NatsServerNotFoundError,
  NatsServerStartError,
  NatsServerUnusableError,
} from './embedded-errors.ts';
export { type FindOptions, findNatsServer, localSources } from './find-nats-server.ts';
export { folderObstacle } from './folder-obstacle.ts';
export { type EmbeddedNatsServer, startNatsServer } from './nats-server.ts';
export type { NatsServerOptions } from './nats-server-options.ts';
export type { FoundServer } from './nats-version.ts';
export { type EmbeddedPglite, pgliteFolder, startPglite } from './pglite.ts';
export { PgliteStartError } from './pglite-errors.ts';
export type { PgliteOptions } from './pglite-options.ts';
export { type ReachedPglite, reachPglite } from './pglite-reach.ts';
export { openPrivateFolder } from './private-folder.ts';
export type { ProcessIdentity } from './process-identity.ts';
export { type RunFile, readRunFile } from './run-file.ts';
export type { ClusterSettings } from './server-config.ts';
export { freeBytes } from './store-limit.ts';
