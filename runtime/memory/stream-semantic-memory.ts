/**
 * Semantic memory over a stream of knowledge. Every change is a record. Every node keeps its own index, builds it from the first
 * record on, then follows the stream. An index can thus be thrown away, and nodes can use different embedders.
 */
import { type Clock, systemClock } from '../core/clock.ts';
import { InvalidOptionError, reasonOf } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import { checkOptions, choiceOf, namesOf, needMethods } from '../core/options.ts';
import { type Random, systemRandom } from '../core/random.ts';
import type { LoggedRecord, RecordLog } from '../transport/index.ts';
import { type Embedder, embedChecked } from './embedder.ts';
import { hnswIndex } from './hnsw-index.ts';
import {
  checkDocumentId,
  decodeChange,
  documentId,
  encodeChange,
  foldChanges,
  type KnowledgeChange,
} from './knowledge-change.ts';
import { RecordFollower } from './record-follower.ts';
import { planSearch } from './search-plan.ts';
import type { KnowledgeDocument, KnowledgeMatch, KnowledgeQuery, SemanticMemory } from './semantic-memory.ts';
import { exactIndex, type VectorIndex } from './vector-index.ts';
import { writeId } from './write-id.ts';

export interface SemanticOptions {
  /** `transport.log('knowledge')`. */
  readonly records: RecordLog;
  /** Closed by its provider, after the memory. */
  readonly embedder: Embedder;
  readonly log?: Logger;
  /** `hnsw` (default) falls back to an exact scan, with a warning, when the addon cannot be loaded. */
  readonly index?: 'hnsw' | 'exact';
  /** Below this number of documents, a search scans all of them; 0 by default, so that HNSW is always used. */
  readonly exactBelow?: number;
  readonly say?: (line: string) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface OpenSemanticMemory extends SemanticMemory, AsyncDisposable {}

const usualLimit = 5;
const mostLimit = 100;

const optionNames = namesOf<SemanticOptions>({
  records: true,
  embedder: true,
  log: true,
  index: true,
  exactBelow: true,
  say: true,
  clock: true,
  random: true,
});
const queryNames = namesOf<KnowledgeQuery>({ text: true, limit: true, where: true });

/** @throws InvalidOptionError, EmbeddingSizeError, what the embedder throws */
export async function openSemanticMemory(options: SemanticOptions): Promise<OpenSemanticMemory> {
  checkOptions('openSemanticMemory', options, optionNames);
  needMethods('records', options.records, ['append']);
  needMethods('embedder', options.embedder, ['embed']);
  choiceOf('index', options.index, ['hnsw', 'exact']);
  await embedChecked(options.embedder, ['probe']);
  return new StreamSemanticMemory(options, options.index === 'exact' ? exactIndex() : await hnswOrExact(options));
}

async function hnswOrExact({ embedder, exactBelow, say }: SemanticOptions): Promise<VectorIndex> {
  try {
    return await hnswIndex(embedder.dimensions, exactBelow);
  } catch (error) {
    const why = reasonOf(error).split('\n')[0];
    say?.(`semantic memory scans everything instead of using HNSW: hnswlib-node cannot be loaded (${why})`);
    return exactIndex();
  }
}

class StreamSemanticMemory implements OpenSemanticMemory {
  readonly describe: string;
  readonly #records: RecordLog;
  readonly #embedder: Embedder;
  readonly #log: Logger;
  readonly #random: Random;
  readonly #index: VectorIndex;
  readonly #follower: RecordFollower;
  readonly #documents = new Map<string, KnowledgeDocument>();

  constructor(options: SemanticOptions, index: VectorIndex) {
    const { records, embedder, log = silentLogger, clock = systemClock, random = systemRandom } = options;
    this.#records = records;
    this.#embedder = embedder;
    this.#log = log;
    this.#random = random;
    this.#index = index;
    this.describe = `${index.describe}, ${embedder.name}`;
    this.#follower = new RecordFollower({ records, clock, log, apply: (group) => this.#apply(group) });
  }

  async store(text: string, metadata: JsonObject = {}): Promise<KnowledgeDocument> {
    const id = documentId(text);
    const version = await this.#append({ kind: 'store', id, text, metadata });
    return { id, text, metadata, version };
  }

  async invalidate(id: string, reason: string): Promise<void> {
    await this.#append({ kind: 'invalidate', id: checkDocumentId(id), reason });
  }

  async search(query: KnowledgeQuery): Promise<readonly KnowledgeMatch[]> {
    checkOptions('search', query, queryNames);
    const { text, limit = usualLimit, where } = query;
    if (typeof text !== 'string') throw new InvalidOptionError('search.text', 'a text', text);
    if (where !== undefined && !isObject(where)) throw new InvalidOptionError('search.where', 'an object', where);
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new InvalidOptionError('limit', `a whole number from 1; above ${mostLimit} it is ${mostLimit}`, limit);
    }
    const [vector] = await embedChecked(this.#embedder, [text]);
    if (vector === undefined) return [];
    const wanted = Math.min(mostLimit, limit);
    return where === undefined ? this.#nearest(vector, wanted) : this.#nearestWhere(vector, wanted, where);
  }

  caughtUp(): Promise<void> {
    return this.#follower.caughtUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#follower.stop();
    await this.#index[Symbol.asyncDispose]();
  }

  /** Appends a change. Each call is a separate change: a text may be stored again after it was invalidated. */
  async #append(change: KnowledgeChange): Promise<number> {
    const messageId = `${change.id}.${writeId(this.#random)}`;
    const version = await this.#records.append({ key: change.id, messageId, payload: encodeChange(change) });
    this.#follower.nudge();
    return version;
  }

  async #nearest(vector: Float32Array, count: number, among?: readonly string[]): Promise<readonly KnowledgeMatch[]> {
    const found = await this.#index.nearest(vector, count, among);
    return found.flatMap(({ id, score }) => {
      const document = this.#documents.get(id);
      return document === undefined ? [] : [{ ...document, score }];
    });
  }

  async #nearestWhere(
    vector: Float32Array,
    wanted: number,
    where: NonNullable<KnowledgeQuery['where']>,
  ): Promise<readonly KnowledgeMatch[]> {
    const fitting = [...this.#documents.values()].filter((document) => fits(document, where)).map(({ id }) => id);
    const plan = planSearch(this.#documents.size, fitting.length, wanted);
    if (plan.kind === 'filter') {
      const found = (await this.#nearest(vector, plan.count)).filter((document) => fits(document, where));
      if (found.length >= wanted) return found.slice(0, wanted);
    }
    return this.#nearest(vector, wanted, fitting);
  }

  /** Updates the vectors first: answers skip a document that the index finds before it is known here. */
  async #apply(group: readonly LoggedRecord[]): Promise<void> {
    const changes = group.flatMap(({ seq, payload }) => {
      const change = decodeChange(payload);
      if (change === undefined) this.#log.warn({ seq }, 'skipped an unreadable knowledge record');
      return change === undefined ? [] : [{ seq, change }];
    });
    const newest = foldChanges(changes);
    const fresh: KnowledgeDocument[] = [];
    const gone: string[] = [];
    for (const [id, document] of newest) {
      if (document === undefined) gone.push(id);
      else if (!this.#documents.has(id)) fresh.push(document);
    }
    const texts = fresh.map(({ text }) => text);
    const vectors = await embedChecked(this.#embedder, texts);
    await this.#index.set(vectors.map((vector, n) => ({ id: documentId(texts[n] ?? ''), vector })));
    await this.#index.delete(gone);
    for (const [id, document] of newest) {
      if (document === undefined) this.#documents.delete(id);
      else this.#documents.set(id, document);
    }
  }
}

function fits({ metadata }: KnowledgeDocument, where: NonNullable<KnowledgeQuery['where']>): boolean {
  return Object.entries(where).every(([name, value]) => metadata[name] === value);
}
