/**
 * A process's own part of the history: a file that only grows. A line is written at once, so that `kill -9` of the process loses
 * nothing; the disk is asked for it in the background, one request after another, because the loop of a node must not wait for it.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HistoryEvent, machineMs } from './history-event.ts';

/** An event without what the file adds to it. */
export type Unwritten<E extends HistoryEvent = HistoryEvent> = E extends HistoryEvent ? Omit<E, 't' | 'by'> : never;

/** Whoever takes down what it sees. */
export interface History {
  add(event: Unwritten): void;
}

export class HistoryFile implements History, Disposable {
  readonly #by: string;
  readonly #file: number;
  #syncing = false;
  #dirty = false;
  #closed = false;

  /** @param by the process's name, also the file's */
  constructor(folder: string, by: string) {
    this.#by = by;
    this.#file = openSync(join(folder, `${by}.jsonl`), 'a', 0o600);
  }

  add(event: Unwritten): void {
    if (this.#closed) return;
    writeSync(this.#file, `${JSON.stringify({ t: machineMs(), by: this.#by, ...event })}\n`);
    this.#dirty = true;
    this.#sync();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    fdatasyncSync(this.#file);
    if (!this.#syncing) closeSync(this.#file);
  }

  #sync(): void {
    if (this.#syncing || !this.#dirty) return;
    this.#dirty = false;
    this.#syncing = true;
    fdatasync(this.#file, (error) => {
      this.#syncing = false;
      if (this.#closed) closeSync(this.#file);
      // a history that is not on the disk proves nothing
      else if (error !== null) throw error;
      else this.#sync();
    });
  }
}

/** Everything that all processes wrote, in order of time. The last line of a killed process may be half a line: it is left out. */
export async function readHistory(folder: string): Promise<readonly HistoryEvent[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(parseHistory).sort((a, b) => a.t - b.t);
}

/** The events of one file; a last line without its end is left out. */
function parseHistory(text: string): HistoryEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as HistoryEvent);
}
