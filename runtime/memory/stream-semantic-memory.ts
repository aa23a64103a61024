/**
 * Semantic memory over a stream of knowledge: every change is a record, and every node keeps an index of its own, built from the
 * first record to the last and followed afterwards. So an index can be thrown away, and nodes with other embedders can live beside it.
 */
import { createHash } from 'node:crypto';
import { type Clock, sleep, systemClock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { RecordLog } from '../transport/index.ts';
import type { Embedder } from './embedder.ts';
import { hnswIndex } from './hnsw-index.ts';
import { EmbeddingSizeError } from './memory-errors.ts';
import type { KnowledgeDocument, KnowledgeMatch, KnowledgeQuery, SemanticMemory } from './semantic-memory.ts';
import { ExactIndex, type VectorIndex } from './vector-index.ts';

export interface SemanticOptions {
  /** `transport.logs.knowledge`. */
  readonly records: RecordLog;
  readonly embedder: Embedder;
  readonly log: Logger;
  /** `hnsw` (default) falls back to an exact scan where the addon cannot be loaded, and says so. */
  readonly index?: 'hnsw' | 'exact';
  readonly say?: (line: string) => void;
  readonly clock?: Clock;
}

export interface OpenSemanticMemory extends SemanticMemory, AsyncDisposable {}

type Change =
  | { readonly v: 1; readonly kind: 'store'; readonly id: string; readonly text: string; readonly metadata: JsonObject }
  | { readonly v: 1; readonly kind: 'invalidate'; readonly id: string; readonly reason: string };

const pollMs = 250;
const usualLimit = 5;
const mostLimit = 100;
/** A search with a filter looks at so many times as many as are wanted, and then at everything. */
const overFetch = 8;

/** @throws EmbeddingSizeError, what the embedder throws */
export async function openSemanticMemory(options: SemanticOptions): Promise<OpenSemanticMemory> {
  const { embedder, say } = options;
  const [probe] = await embedder.embed(['probe']);
  if (probe?.length !== embedder.dimensions) {
    throw new EmbeddingSizeError(embedder.name, embedder.dimensions, probe?.length ?? 0);
  }
  const index = options.index === 'exact' ? new ExactIndex() : await hnswOrExact(embedder.dimensions, say);
  const memory = new StreamSemanticMemory(options, index);
  memory.follow();
  return memory;
}

async function hnswOrExact(dimensions: number, say: SemanticOptions['say']): Promise<VectorIndex> {
  try {
    return await hnswIndex(dimensions);
  } catch (error) {
    say?.(`semantic memory scans everything instead of using HNSW: hnswlib-node cannot be loaded (${reasonOf(error)})`);
    return new ExactIndex();
  }
}

class StreamSemanticMemory implements OpenSemanticMemory {
  readonly describe: string;
  readonly #options: SemanticOptions;
  readonly #index: VectorIndex;
  readonly #documents = new Map<string, KnowledgeDocument>();
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #applied = 0;
  #following: Promise<void> | undefined;
  #nudge: () => void = () => undefined;

  constructor(options: SemanticOptions, index: VectorIndex) {
    this.#options = options;
    this.#index = index;
    this.describe = `${index.describe}, ${options.embedder.name}`;
  }

  async store(text: string, metadata: JsonObject = {}): Promise<KnowledgeDocument> {
    const id = createHash('sha256').update(text).digest('hex').slice(0, 32);
    const version = await this.#append(id, { v: 1, kind: 'store', id, text, metadata });
    return { id, text, metadata, version };
  }

  async invalidate(id: string, reason: string): Promise<void> {
    await this.#append(id, { v: 1, kind: 'invalidate', id, reason });
  }

  async search({ text, limit = usualLimit, where }: KnowledgeQuery): Promise<readonly KnowledgeMatch[]> {
    const [vector] = await this.#options.embedder.embed([text]);
    if (vector === undefined) return [];
    const wanted = Math.min(mostLimit, limit);
    const first = where === undefined ? wanted : Math.min(this.#index.size, overFetch * wanted);
    const found = await this.#matches(vector, first, where);
    const isAll = where === undefined || found.length >= wanted || first >= this.#index.size;
    return (isAll ? found : await this.#matches(vector, this.#index.size, where)).slice(0, wanted);
  }

  async caughtUp(): Promise<void> {
    const last = await this.#options.records.last();
    this.#nudge();
    while (this.#applied < last && !this.#stopping.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Reads the stream from its beginning, and goes on. */
  follow(): void {
    this.#following ??= this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#nudge();
    this.#wake();
    await this.#following;
    await this.#index[Symbol.asyncDispose]();
  }

  async #append(id: string, change: Change): Promise<number> {
    const payload = Buffer.from(JSON.stringify(change));
    // the same text may be stored again after it was invalidated: no two changes are the same message
    const messageId = `${change.kind}.${id}.${await this.#options.records.last()}`;
    const version = await this.#options.records.append({ key: id, messageId, payload });
    this.#nudge();
    return version;
  }

  async #matches(
    vector: Float32Array,
    count: number,
    where: KnowledgeQuery['where'],
  ): Promise<readonly KnowledgeMatch[]> {
    const found = await this.#index.nearest(vector, count);
    return found.flatMap(({ id, score }) => {
      const document = this.#documents.get(id);
      return document !== undefined && fits(document, where) ? [{ ...document, score }] : [];
    });
  }

  async #follow(): Promise<void> {
    const { records, log, clock = systemClock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const record = await records.next(this.#applied + 1);
        if (record === undefined) await this.#pause(clock);
        else {
          await this.#apply(record.seq, record.payload);
          this.#applied = record.seq;
          this.#wake();
        }
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ reason: reasonOf(error) }, 'knowledge cannot be read, and is read again');
        await sleep(clock, pollMs, signal).catch(() => undefined);
      }
    }
  }

  async #apply(seq: number, payload: Uint8Array): Promise<void> {
    const change = JSON.parse(Buffer.from(payload).toString('utf8')) as Change;
    if (change.kind === 'invalidate') {
      this.#documents.delete(change.id);
      return this.#index.delete(change.id);
    }
    const { id, text, metadata } = change;
    const isNew = !this.#documents.has(id);
    this.#documents.set(id, { id, text, metadata, version: seq });
    if (!isNew) return;
    const [vector] = await this.#options.embedder.embed([text]);
    if (vector !== undefined) await this.#index.set(id, vector);
  }

  /** Until it is nudged, or a while. */
  #pause(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(pollMs, resolve);
      this.#nudge = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function fits({ metadata }: KnowledgeDocument, where: KnowledgeQuery['where']): boolean {
  return Object.entries(where ?? {}).every(([name, value]) => metadata[name] === value);
}
