/**
 * A nats-server of our own, as a child: on loopback, on a free port, with its store in the data folder.
 *
 * starting ──ready──▶ running ──ended unasked──▶ starting again (same port, same store, after a pause)
 *    │ ended             │ stop()                     │ too often in a row
 *    ▼                   ▼                            ▼
 *  error              stopped                       failed (onFailed; stop() still releases the folder)
 */
import { rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { NatsServerStartError } from './embedded-errors.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { launch, type RunningServer } from './launch.ts';
import { checkNatsServer, type NatsServerOptions } from './nats-server-options.ts';
import { probe } from './nats-version.ts';
import { writePrivateFile } from './private-folder.ts';
import { identityOf } from './process-identity.ts';
import { keepRunning } from './restart-loop.ts';
import { embeddedUsers, loopbackUrl, newPassword, removeRunFile, writeRunFile } from './run-file.ts';
import { withServer } from './running-server.ts';
import { compileLimits, type ServerLimits, serverConfig } from './server-config.ts';
import { startStep } from './start-step.ts';
import { freeBytes, storeFacts, storeLimit } from './store-limit.ts';

/** Where nats-server keeps its streams, below the store that it is given. */
const storeFolder = 'jetstream';
const configFile = 'nats-server.conf';

/**
 * Resolves when the server takes connections.
 * @throws NatsServerStartError, DataFolderLockedError, DataFolderUnsafeError, InvalidOptionError; the signal's reason
 */
export async function startNatsServer(options: NatsServerOptions): Promise<EmbeddedNatsServer> {
  checkNatsServer(options);
  const { clock = systemClock, signal } = options;
  // The server starts in the data folder. A bare name is looked up on PATH.
  const binary = options.binary.includes(sep) ? resolve(options.binary) : options.binary;
  const limits = compileLimits(options);
  const dataDir = resolve(options.dataDir);
  const version = options.version ?? (await versionOf(clock, binary, signal));
  const lock = await startStep(NatsServerStartError, dataDir, () =>
    lockFolder(dataDir, clock, signal).catch(async (error: unknown) => {
      throw await withServer(error, dataDir);
    }),
  );
  const server = new EmbeddedNatsServer({ ...options, binary, dataDir, version, clock }, limits, lock);
  const giveUp = (): void => server.giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    signal?.throwIfAborted();
    if (options.fresh === true) {
      await startStep(NatsServerStartError, dataDir, async () => {
        for (const name of [storeFolder, configFile]) await rm(join(dataDir, name), { recursive: true, force: true });
      });
    }
    await startStep(NatsServerStartError, dataDir, () => server.start());
    signal?.throwIfAborted();
    return server;
  } catch (error) {
    // why it did not start says more than why it could not be cleaned up
    await server.stop().catch(() => undefined);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function versionOf(clock: Clock, binary: string, signal: AbortSignal | undefined): Promise<string> {
  const probed = await probe(clock, binary, signal);
  signal?.throwIfAborted();
  if (!probed.usable) throw new NatsServerStartError(`"${binary}" ${probed.reason}`);
  return probed.version;
}

type Settled = NatsServerOptions & { readonly version: string; readonly clock: Clock };

export class EmbeddedNatsServer implements AsyncDisposable {
  readonly #options: Settled;
  readonly #limits: ServerLimits;
  readonly #lock: FolderLock;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  /** The same after each restart: clients connect again with it. */
  readonly #password: string | undefined;
  #port: number;
  #pid = 0;
  #restarts = 0;
  #watching: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: Settled, limits: ServerLimits, lock: FolderLock) {
    this.#options = options;
    this.#limits = limits;
    this.#lock = lock;
    this.#log = options.log ?? silentLogger;
    this.#port = limits.port;
    this.#password = options.isOpen === true ? undefined : newPassword();
  }

  /** For `connectJetStream`. Contains the password, but shows only the address as text. */
  get url(): ServiceUrl {
    return loopbackUrl('nats', this.#port, this.#password);
  }

  get port(): number {
    return this.#port;
  }

  /** The process id of nats-server itself; changes with a restart. */
  get pid(): number {
    return this.#pid;
  }

  get version(): string {
    return this.#options.version;
  }

  /** How often it ended unasked and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** For `startNatsServer`. */
  async start(): Promise<void> {
    const running = await this.#launch();
    this.#watching = this.#watch(running);
  }

  /** For `startNatsServer`: makes a start that is under way fail. The caller still calls `stop`. */
  giveUp(): void {
    this.#stopping.abort();
  }

  /** Resolves when its processes have ended and the folder is free. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    try {
      await removeRunFile(this.#options.dataDir);
    } finally {
      await this.#lock.release();
    }
  }

  async #launch(): Promise<RunningServer> {
    const { binary, dataDir, version, clock, mesh, serverName, cluster, flags = [] } = this.#options;
    const [file, portsDir] = [join(dataDir, configFile), join(dataDir, 'ports')];
    const limits = { ...this.#limits, port: this.#port, maxFileBytes: await this.#maxFileBytes(file) };
    const login = this.#password === undefined ? undefined : { user: embeddedUsers.nats, password: this.#password };
    await writePrivateFile(file, serverConfig({ limits, serverName, cluster, dataDir, portsDir, login }));
    const running = await launch({
      clock,
      binary,
      dataDir,
      portsDir,
      stopMs: limits.stopMs,
      args: ['-c', file, ...flags],
      lock: this.#lock.descriptor,
      signal: this.#stopping.signal,
    });
    [this.#pid, this.#port] = [running.pid, running.port];
    const owner = identityOf(process.pid);
    const run = {
      v: 1,
      pid: running.pid,
      owner,
      url: this.url,
      version,
      ...(mesh === undefined ? {} : { mesh }),
    } as const;
    try {
      await writeRunFile(dataDir, run);
    } catch (error) {
      running.child.stop();
      await running.child.ended;
      throw error;
    }
    return running;
  }

  async #maxFileBytes(config: string): Promise<number> {
    if (this.#limits.maxFileBytes > 0) return this.#limits.maxFileBytes;
    const { dataDir, diskFree = freeBytes } = this.#options;
    return storeLimit(await storeFacts(dataDir, config, storeFolder, await diskFree(dataDir)));
  }

  #watch(first: RunningServer): Promise<void> {
    return keepRunning(
      {
        name: 'nats-server',
        log: this.#log,
        clock: this.#options.clock,
        stopping: this.#stopping.signal,
        launch: () => this.#launch(),
        end: (running) => this.#end(running),
        ended: ({ pid }, how) => {
          this.#log.warn({ pid, how }, 'nats-server ended, starting it again');
          this.#options.onExit?.(how);
        },
        restarted: ({ pid }) => {
          this.#restarts++;
          this.#log.info({ pid, url: this.url.describe }, 'nats-server runs again');
          this.#options.onRestart?.(pid);
        },
        launchFailed: (error) => this.#log.warn({ reason: reasonOf(error) }, 'nats-server did not start again'),
        givenUp: (last) => this.#giveUpRestarting(last),
      },
      first,
    );
  }

  async #end({ child }: RunningServer): Promise<string> {
    const { signal } = this.#stopping;
    const stop = (): void => child.stop();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const how = await child.ended;
    signal.removeEventListener('abort', stop);
    return how;
  }

  async #giveUpRestarting(last: unknown): Promise<void> {
    const error = last instanceof NatsServerStartError ? last : new NatsServerStartError(reasonOf(last), [], last);
    this.#log.error(
      { url: this.url.describe, output: error.output },
      'nats-server is given up: it does not start any more',
    );
    // a file that stays names a process that has ended: readers check that
    await removeRunFile(this.#options.dataDir).catch(() => undefined);
    this.#options.onFailed?.(error);
  }
}
