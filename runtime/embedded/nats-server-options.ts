/** The options of an embedded nats-server. */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { NatsServerStartError } from './embedded-errors.ts';
import type { ServerSettings } from './server-config.ts';

export interface NatsServerOptions extends ServerSettings {
  /** Path of nats-server. */
  readonly binary: string;
  /** Which one it is, as `findNatsServer` found out; without it the binary is asked. */
  readonly version?: string;
  /** Holds the store, the configuration and `run.json`; locked while the server runs. */
  readonly dataDir: string;
  /** Deletes what an earlier server stored there. */
  readonly fresh?: boolean;
  /** Goes into `run.json`. */
  readonly mesh?: string;
  /** Admits every user of this machine without a password: for tests that bring accounts of their own. */
  readonly isOpen?: boolean;
  /** More of the server's own command-line flags. */
  readonly flags?: readonly string[];
  /** Bytes that are free on the folder's disk; the file system is asked by default. */
  readonly diskFree?: (folder: string) => Promise<number>;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Aborted: the start gives up and ends what it has begun. Without effect once the server runs. */
  readonly signal?: AbortSignal | undefined;
  /** It ended unasked: how, for people. It is started again. */
  readonly onExit?: (how: string) => void;
  /** It runs again, on the same port with the same store. */
  readonly onRestart?: (pid: number) => void;
  /** It is given up: ten starts in a row have failed. */
  readonly onFailed?: (error: NatsServerStartError) => void;
}
