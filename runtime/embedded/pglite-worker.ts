/**
 * PGlite's own thread, because every statement blocks the event loop that it runs in. Makes a new store and ends, or serves one until
 * the message to stop. Only this file loads PGlite.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { systemClock, type Timer } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { type Listener, listen } from './pglite-listener.ts';
import type { Session } from './pglite-queue.ts';
import type { PgliteJob, PgliteMessage } from './pglite-thread.ts';

const job = workerData as PgliteJob;
const output: string[] = [];
const keptLines = 20;
/** Postgres' default of 128 MiB of buffers makes nothing faster here, and costs 120 MB of memory. */
const settings = ['shared_buffers=16MB', 'min_wal_size=32MB', 'max_wal_size=64MB'];
const startParams = [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])];

const say = (message: PgliteMessage): void => parentPort?.postMessage(message);

function fail(error: unknown): never {
  say({ kind: 'failed', reason: reasonOf(error), output });
  process.exit(1);
}

/** Keeps the rights of the owner and the type of the file. */
const ownerOnly = ~0o077;

interface NodeOperations {
  mknod(parent: unknown, name: string, mode: number, device: unknown): unknown;
  setattr(node: unknown, attributes: { mode?: number }): void;
}

/** Postgres in WebAssembly asks for files that any user may write; this file system gives rights to the owner alone. */
class PrivateFiles extends NodeFS {
  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...given);
    const close = (module: { readonly FS: unknown }): void => {
      const { NODEFS } = (
        module.FS as { readonly filesystems: { readonly NODEFS: { readonly node_ops: NodeOperations } } }
      ).filesystems;
      const { mknod, setattr } = NODEFS.node_ops;
      NODEFS.node_ops.mknod = (parent, name, mode, device) => {
        const node = mknod(parent, name, mode & ownerOnly, device);
        // the umask may have taken rights of the owner too
        setattr(node, { mode: mode & ownerOnly });
        return node;
      };
      NODEFS.node_ops.setattr = (node, attributes) => {
        const { mode } = attributes;
        setattr(node, mode === undefined ? attributes : { ...attributes, mode: mode & ownerOnly });
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [close, ...[emscriptenOpts.preRun ?? []].flat()] } };
  }
}

async function open(): Promise<PGlite> {
  const keep = (line: string): boolean => {
    output.push(line);
    if (output.length > keptLines) output.shift();
    return false;
  };
  return PGlite.create({ fs: new PrivateFiles(job.store), startParams, onStderr: keep, onStdout: keep });
}

async function serve({
  port,
  password,
  idleMs,
  checkpointMs,
  progress,
}: PgliteJob & { readonly kind: 'serve' }): Promise<void> {
  const database = await open();
  const { rows } = await database.query<{ version: string }>('select version() as version');
  const listener = await listen({
    session: sessionOf(database, progress),
    clock: systemClock,
    port,
    password,
    idleMs,
    onBroken: fail,
  });
  const checkpoints = makeCheckpoints(database, checkpointMs, progress);
  parentPort?.once('message', () => {
    checkpoints.cancel();
    stop(database, listener).catch(fail);
  });
  say({ kind: 'ready', port: listener.port, version: /^[^)]*\)/.exec(rows[0]?.version ?? '')?.[0] ?? '' });
}

function sessionOf(database: PGlite, progress: Int32Array): Session {
  return {
    answer(question) {
      Atomics.add(progress, 0, 1);
      // a copy: the next answer is written to the same place
      const answer = Uint8Array.from(database.execProtocolRawSync(question));
      Atomics.add(progress, 0, 1);
      return answer;
    },
    get inTransaction() {
      return database.isInTransaction();
    },
    rollBack: () => void database.execProtocolRawSync(query('rollback')),
  };
}

/** Makes checkpoints: without background processes Postgres makes none while it runs, and its log would grow with every change. */
function makeCheckpoints(database: PGlite, everyMs: number, progress: Int32Array): Timer {
  let seen = Atomics.load(progress, 0);
  const make = (): void => {
    const now = Atomics.load(progress, 0);
    if (now !== seen && !database.isInTransaction()) {
      database.execProtocolRawSync(query('checkpoint'));
      seen = now;
    }
    timer = systemClock.after(everyMs, make);
  };
  let timer = systemClock.after(everyMs, make);
  return { cancel: () => timer.cancel() };
}

/** A message of type Query. */
function query(text: string): Uint8Array {
  const head = Buffer.from('Q\0\0\0\0');
  const body = Buffer.from(`${text}\0`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

async function stop(database: PGlite, listener: Listener): Promise<void> {
  await listener.close();
  await database.close();
  process.exit(0);
}

try {
  if (job.kind === 'serve') await serve(job);
  else {
    const database = await open();
    await database.close();
    process.exit(0);
  }
} catch (error) {
  fail(error);
}
