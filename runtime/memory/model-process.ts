/**
 * Runs the process of one model: starts it with the first request, restarts it with the next one after it ended by itself.
 *
 * absent ──ask──▶ running ──it ends──▶ absent
 *    └──close──▶ closed ◀──close──┘
 */
import { type ChildProcess, fork } from 'node:child_process';
import { basename } from 'node:path';
import { ownFile } from '../core/own-file.ts';
import { ModelEndedError, ModelError, ModelLibraryError } from './memory-errors.ts';
import type { Loaded, ModelRequest } from './minilm-process.ts';
import { type Answer, PendingAnswers } from './pending-answers.ts';

interface Life {
  readonly child: ChildProcess;
  readonly pending: PendingAnswers;
  readonly ended: Promise<void>;
}

export class ModelProcess implements AsyncDisposable {
  readonly #folder: string;
  #life: Life | undefined;
  #loaded: Promise<Life> | undefined;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the process and loads the model. @throws ModelError, ModelLibraryError, ModelEndedError */
  async load(): Promise<void> {
    await this.#running();
  }

  /** Embeds texts. @throws ModelError, ModelLibraryError, ModelEndedError; Error with the message of the model */
  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return ask(await this.#running(), { kind: 'embed', texts });
  }

  /** Ends the process at once: it has no state to save. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const life = this.#life;
    if (life === undefined) return;
    life.child.ref();
    life.child.kill('SIGKILL');
    await life.ended;
  }

  #running(): Promise<Life> {
    if (this.#closed) return Promise.reject(new ModelEndedError(basename(this.#folder), 'was closed'));
    this.#loaded ??= this.#start();
    return this.#loaded;
  }

  async #start(): Promise<Life> {
    const life = this.#fork();
    this.#life = life;
    const loaded = await ask<Loaded>(life, { kind: 'load', folder: this.#folder });
    if (loaded.kind === 'loaded') return life;
    life.child.kill('SIGKILL');
    await life.ended;
    if (loaded.kind === 'no_library') throw new ModelLibraryError(this.#folder, loaded.why);
    throw new ModelError(this.#folder, loaded.why);
  }

  #fork(): Life {
    const child = forkBeside('./minilm-process', import.meta.url);
    const pending = new PendingAnswers();
    const ended = new Promise<void>((resolve) => {
      const end = (how: string): void => {
        pending.fail(new ModelEndedError(basename(this.#folder), how));
        this.#life = undefined;
        this.#loaded = undefined;
        resolve();
      };
      child.once('error', (error) => end(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => end(signal === null ? `ended with code ${code}` : `was ended by ${signal}`));
    });
    child.on('message', (answer) => {
      pending.settle(answer as Answer);
      if (pending.size === 0) rest(child);
    });
    rest(child);
    return { child, pending, ended };
  }
}

function ask<T>({ child, pending }: Life, request: ModelRequest): Promise<T> {
  const { id, promise } = pending.open<T>();
  child.ref();
  child.channel?.ref();
  // the end of the process reports a closed channel
  child.send({ id, request }, () => undefined);
  return promise;
}

/** Lets the node exit while the model process runs. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

/** Forks an entry beside this module; in a source checkout the entry is TypeScript. @throws BundleIncompleteError */
function forkBeside(entry: string, base: string): ChildProcess {
  const { url, isSource } = ownFile(entry, base);
  return fork(url, {
    execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
