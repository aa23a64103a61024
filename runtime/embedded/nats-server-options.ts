/** Checks the options of an embedded nats-server. */
import type { Clock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import {
  checkClock,
  checkFunction,
  checkLog,
  checkMethods,
  checkOptions,
  checkText,
  namesOf,
  needText,
  whole,
  yesOrNo,
} from '../core/options.ts';
import type { NatsServerStartError } from './embedded-errors.ts';
import type { ClusterSettings, ServerSettings } from './server-config.ts';

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

const optionNames = namesOf<NatsServerOptions>({
  binary: true,
  version: true,
  dataDir: true,
  fresh: true,
  mesh: true,
  isOpen: true,
  flags: true,
  diskFree: true,
  clock: true,
  log: true,
  signal: true,
  onExit: true,
  onRestart: true,
  onFailed: true,
  serverName: true,
  cluster: true,
  port: true,
  maxPayloadBytes: true,
  writeDeadlineMs: true,
  stopMs: true,
  maxMemoryBytes: true,
  maxFileBytes: true,
});

/** Checks all but the limits, which `compileLimits` checks. @throws InvalidOptionError */
export function checkNatsServer(given: NatsServerOptions): void {
  checkOptions('startNatsServer', given, optionNames);
  needText('binary', given.binary);
  needText('dataDir', given.dataDir);
  checkText('version', given.version);
  checkText('mesh', given.mesh);
  yesOrNo('fresh', given.fresh, false);
  yesOrNo('isOpen', given.isOpen, false);
  if (given.flags !== undefined && !isTexts(given.flags)) {
    throw new InvalidOptionError('flags', 'a list of texts', given.flags);
  }
  checkServerNames(given);
  checkClock(given.clock);
  checkLog(given.log);
  checkMethods('signal', given.signal, ['addEventListener', 'removeEventListener', 'throwIfAborted']);
  checkFunction('diskFree', given.diskFree);
  checkFunction('onExit', given.onExit);
  checkFunction('onRestart', given.onRestart);
  checkFunction('onFailed', given.onFailed);
}

const clusterNames = namesOf<ClusterSettings>({ name: true, port: true, routes: true });

function checkServerNames({ serverName, cluster }: ServerSettings): void {
  checkText('serverName', serverName);
  if (cluster === undefined) return;
  checkOptions('cluster', cluster, clusterNames);
  needText('cluster.name', cluster.name);
  if (!isPort.holds(cluster.port)) throw new InvalidOptionError('cluster.port', isPort.rule, cluster.port);
  if (!isTexts(cluster.routes)) throw new InvalidOptionError('cluster.routes', 'a list of texts', cluster.routes);
}

const isPort = whole(-1, -1, 65_535, 'port');
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
