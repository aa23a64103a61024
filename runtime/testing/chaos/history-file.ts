/**
 * The part of the history that one process writes: an append-only file. A line is written at once, so that `kill -9` of the process
 * loses nothing. Syncs to disk run in the background, one after another, because the event loop of a node must not wait for them.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HistoryEvent, machineMs } from './history-event.ts';

/** An event without the fields that the file adds. */
export type UnstampedEvent<E extends HistoryEvent = HistoryEvent> = E extends HistoryEvent
  ? Omit<E, 't' | 'by'>
  : never;

/** Records the events that a process sees. */
export interface History {
  add(event: UnstampedEvent): void;
}

export class HistoryFile implements History, Disposable {
  readonly #by: string;
  readonly #file: number;
  #syncing = false;
  #dirty = false;
  #closed = false;

  /** @param by the name of the process, which is also the name of the file */
  constructor(folder: string, by: string) {
    this.#by = by;
    this.#file = openSync(join(folder, `${by}.jsonl`), 'a', 0o600);
  }

  add(event: UnstampedEvent): void {
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
      // a history that is not on disk proves nothing
      else if (error !== null) throw error;
      else this.#sync();
    });
  }
}

/** Reads all events of all processes, in order of time. Skips a last line that a killed process left incomplete. */
export async function readHistory(folder: string): Promise<readonly HistoryEvent[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(parseHistory).sort((a, b) => a.t - b.t);
}

/** Parses the events of one file; skips an incomplete last line. */
function parseHistory(text: string): HistoryEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as HistoryEvent);
}
