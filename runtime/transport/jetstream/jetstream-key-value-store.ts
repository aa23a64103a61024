/** Compare-and-set values on the subjects of a stream that keeps the last message of each. */
import { allKeys, recordPattern, recordSubject } from '../../core/subjects.ts';
import type { Entry, KeyedEntry, KeyValueStore } from '../key-value-store.ts';
import { RevisionConflictError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import type { FencedPublish } from './fenced-publish.ts';
import { readStoreTime } from './store-time.ts';

interface LastMessage {
  readonly message: { readonly seq: number; readonly data?: string; readonly time: string };
}

interface StreamSubjects {
  readonly state: { readonly subjects?: Readonly<Record<string, number>> };
}

export class JetStreamKeyValueStore implements KeyValueStore {
  readonly #api: JetStreamApi;
  readonly #publish: FencedPublish;
  readonly #stream: string;
  readonly #prefix: string;

  /** @param prefix the subject of a key is `<prefix>.<key>` */
  constructor(api: JetStreamApi, publish: FencedPublish, stream: string, prefix: string) {
    this.#api = api;
    this.#publish = publish;
    this.#stream = stream;
    this.#prefix = prefix;
  }

  async read(key: string): Promise<Entry | undefined> {
    try {
      const { message } = await this.#api.request<LastMessage>(apiSubject('STREAM.MSG.GET', this.#stream), {
        last_by_subj: recordSubject(this.#prefix, key),
      });
      const value = Buffer.from(message.data ?? '', 'base64').toString('utf8');
      return { value, revision: message.seq, storedAt: readStoreTime(message.time) };
    } catch (error) {
      if (error instanceof ApiRefusal && error.errCode === errCode.noMessage) return undefined;
      throw error;
    }
  }

  async write(key: string, value: string, expected: number): Promise<number> {
    const subject = recordSubject(this.#prefix, key);
    const revision = await this.#publish(subject, value, expected, async () => {
      const found = await this.read(key);
      return found !== undefined && found.revision > expected && found.value === value ? found.revision : undefined;
    });
    if (revision === undefined) throw new RevisionConflictError(key, expected);
    return revision;
  }

  async list(prefix: string): Promise<readonly KeyedEntry[]> {
    const { state } = await this.#api.request<StreamSubjects>(apiSubject('STREAM.INFO', this.#stream), {
      subjects_filter: recordPattern(recordSubject(this.#prefix, prefix), allKeys),
    });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(this.#prefix.length + 1));
    const found = await Promise.all(keys.sort().map(async (key) => ({ key, entry: await this.read(key) })));
    return found.flatMap(({ key, entry }) => (entry === undefined ? [] : [{ key, ...entry }]));
  }

  async remove(key: string): Promise<void> {
    await this.#api.request(apiSubject('STREAM.PURGE', this.#stream), { filter: recordSubject(this.#prefix, key) });
  }
}
