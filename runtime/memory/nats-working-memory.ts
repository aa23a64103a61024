/**
 * Working memory in a NATS key-value bucket. Each scope has one index entry, changed by compare-and-set, that names one entry for
 * each value. The entry of a value is written once, under a unique name, before the index names it. It is removed after the index
 * no longer names it. The bound thus holds at every moment, and no writer removes a value that another has just written. Entries
 * that a crash leaves behind expire with the bucket's age limit of a day.
 */
import { type Clock, systemClock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import { checkOptions, namesOf, needMethods } from '../core/options.ts';
import { type Random, systemRandom } from '../core/random.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';
import { storeKey } from './memory-keys.ts';
import { encodeWorking, ttlOf, type WorkingMemory, type WorkingOptions } from './working-memory.ts';
import { decodeSlots, dropped, encodeSlots, live, type Slot, without, withSlot } from './working-slots.ts';
import { writeId } from './write-id.ts';

interface Kept {
  readonly v: 1;
  readonly key: string;
  readonly value: Json;
}

export interface NatsWorkingOptions {
  /** Decides when a value expires: nodes with different clocks disagree about that moment. */
  readonly clock?: Clock;
  readonly random?: Random;
}

const optionNames = namesOf<NatsWorkingOptions>({ clock: true, random: true });

/** @param entries `transport.bucket('working')`. @throws InvalidOptionError */
export function natsWorkingMemory(entries: KeyValueStore, options: NatsWorkingOptions = {}): WorkingMemory {
  needMethods('entries', entries, ['read', 'write']);
  checkOptions('natsWorkingMemory', options, optionNames);
  return new NatsWorkingMemory(entries, options);
}

class NatsWorkingMemory implements WorkingMemory {
  readonly store = 'nats';
  readonly #entries: KeyValueStore;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(entries: KeyValueStore, { clock = systemClock, random = systemRandom }: NatsWorkingOptions) {
    this.#entries = entries;
    this.#clock = clock;
    this.#random = random;
  }

  async get(scope: string, key: string): Promise<Json | undefined> {
    const wanted = storeKey(key);
    const [found] = await this.#read(scope, (slots) => slots.filter((slot) => slot.key === wanted));
    return found?.value;
  }

  async entries(scope: string): Promise<Readonly<Record<string, Json>>> {
    const found = await this.#read(scope, (slots) => slots);
    const byKey = found.map(({ key, value }) => [key, value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(byKey);
  }

  async set(scope: string, key: string, value: Json, options?: WorkingOptions): Promise<void> {
    const text = encodeWorking(scope, key, value);
    const slot: Slot = {
      key: storeKey(key),
      mark: writeId(this.#random),
      expires_at: this.#clock.now() + ttlOf(options),
    };
    await this.#entries.write(valueKey(scope, slot), `{"v":1,"key":${JSON.stringify(key)},"value":${text}}`, 0);
    await this.#change(scope, (slots) => withSlot(slots, slot));
  }

  async delete(scope: string, key: string): Promise<void> {
    const gone = storeKey(key);
    await this.#change(scope, (slots) => without(slots, gone));
  }

  async clear(scope: string): Promise<void> {
    await this.#change(scope, () => []);
  }

  /** Reads values. A value that the index names but that is missing was replaced meanwhile, unless the index still names it. */
  async #read(scope: string, choose: (slots: readonly Slot[]) => readonly Slot[]): Promise<readonly Kept[]> {
    let missing = new Set<string>();
    for (;;) {
      const slots = choose(live((await this.#index(scope)).slots, this.#clock.now()));
      const found = await Promise.all(slots.map((slot) => this.#entries.read(valueKey(scope, slot))));
      const absent = slots.filter((_, n) => found[n] === undefined).map(({ mark }) => mark);
      if (absent.every((mark) => missing.has(mark))) {
        return found.flatMap((entry) => (entry === undefined ? [] : [JSON.parse(entry.value) as Kept]));
      }
      missing = new Set(absent);
    }
  }

  async #change(scope: string, change: (slots: readonly Slot[]) => readonly Slot[]): Promise<void> {
    for (;;) {
      const { slots, revision } = await this.#index(scope);
      const next = change(live(slots, this.#clock.now()));
      const over = dropped(slots, next);
      if (over.length === 0 && next.length === slots.length) return;
      try {
        await this.#entries.write(indexKey(scope), encodeSlots(next, writeId(this.#random)), revision);
        // an entry whose removal fails expires with the bucket's age limit
        await Promise.allSettled(over.map((slot) => this.#entries.remove(valueKey(scope, slot))));
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }

  async #index(scope: string): Promise<{ readonly slots: readonly Slot[]; readonly revision: number }> {
    const found = await this.#entries.read(indexKey(scope));
    return found === undefined
      ? { slots: [], revision: 0 }
      : { slots: decodeSlots(found.value), revision: found.revision };
  }
}

const indexKey = (scope: string): string => `${storeKey(scope)}.index`;
const valueKey = (scope: string, { mark }: Slot): string => `${storeKey(scope)}.${mark}`;
