/**
 * The mesh's secret as a node has it: created by the first node, read through the leader by all others, kept in memory. A
 * connection without permission to read it uses a salt of its own and signs nothing.
 */
import { type Clock, sleep, sleepUnlessAborted } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import {
  type MeshKey,
  type MeshKeys,
  MeshSecretError,
  newKeyRecord,
  randomText,
  readKeyRecord,
} from '../core/mesh-keys.ts';
import type { Random } from '../core/random.ts';
import { type KeyValueStore, PermissionRefusedError, RevisionConflictError } from '../transport/index.ts';

/** The only entry of the bucket. */
export const secretKey = 'keys';

/** Any client can invent a key id: this limits how often the store is queried for a new one. */
const rereadMs = 1_000;
/** A leader that was cut off may lack what the new one has accepted. */
const pauseMs = 250;
const tries = 20;
const saltBytes = 32;

export class MeshSecret {
  readonly #store: Pick<KeyValueStore, 'read' | 'write'>;
  readonly #clock: Clock;
  readonly #random: Random;
  #keys: MeshKeys | undefined;
  #loading: Promise<MeshKeys> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #salt: string | undefined;
  #obstacle: string | undefined;
  /** Set while the node re-reads an unusable record until it is repaired. */
  #following: AbortSignal | undefined;

  constructor(store: Pick<KeyValueStore, 'read' | 'write'>, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /** The salt for hashing message ids; `undefined` until `loadSalt` has been called once. */
  get salt(): string | undefined {
    return this.#salt;
  }

  /** Why its record is unusable, as a sentence; `undefined` while it is usable, or unread. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /**
   * Reads the record, if there is one, without creating it. While the record is unusable, reads it again every second, until
   * `signal` is aborted.
   */
  async watch(signal: AbortSignal): Promise<void> {
    this.#following = signal;
    await this.#look();
  }

  /**
   * Loads the salt. Without permission to read the secret, it is a salt of this process alone: the server then recognises its
   * repetitions, but not those of another process under the same intent id.
   * @throws TransportUnavailableError, MeshSecretError
   */
  async loadSalt(): Promise<string> {
    if (this.#salt !== undefined) return this.#salt;
    try {
      this.#salt = (await this.keys()).salt;
    } catch (error) {
      if (!(error instanceof PermissionRefusedError)) throw error;
      this.#salt ??= randomText(this.#random, saltBytes);
    }
    return this.#salt;
  }

  /** @throws PermissionRefusedError, TransportUnavailableError, MeshSecretError */
  async keys(): Promise<MeshKeys> {
    return this.#keys ?? this.#load();
  }

  /** Finds the key of this id, also one that was added since; `undefined` when there is none. */
  async keyNamed(id: string): Promise<MeshKey | undefined> {
    const known = (await this.keys()).byId.get(id);
    if (known !== undefined || this.#clock.monotonic() - this.#readAt < rereadMs) return known;
    return (await this.#load()).byId.get(id);
  }

  /** Reads the record, if the store gives it. */
  async #look(): Promise<void> {
    // sends need the salt and report a store that does not answer; the connection reports a refused permission
    const found = await this.#store.read(secretKey).catch(() => undefined);
    if (found === undefined) return;
    try {
      this.#read(found.value);
    } catch (error) {
      // the reading has recorded it as the obstacle, which health reports
      if (!(error instanceof MeshSecretError)) throw error;
    }
  }

  /** @throws MeshSecretError */
  #read(text: string): MeshKeys {
    try {
      this.#keys = readKeyRecord(text);
    } catch (error) {
      this.#blocked(error);
      throw error;
    }
    this.#obstacle = undefined;
    this.#readAt = this.#clock.monotonic();
    return this.#keys;
  }

  #blocked(error: unknown): void {
    const isKnown = this.#obstacle !== undefined;
    [this.#obstacle] = reasonOf(error).split('\n');
    const signal = this.#following;
    if (!isKnown && signal !== undefined) void this.#follow(signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (this.#obstacle !== undefined && !signal.aborted) {
      await sleepUnlessAborted(this.#clock, rereadMs, signal);
      if (!signal.aborted) await this.#look();
    }
  }

  #load(): Promise<MeshKeys> {
    this.#loading ??= this.#readOrCreate().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #readOrCreate(): Promise<MeshKeys> {
    for (let attempt = 1; ; attempt++) {
      const found = (await this.#store.read(secretKey))?.value;
      try {
        return this.#read(found ?? (await this.#create()));
      } catch (error) {
        if (!(error instanceof RevisionConflictError) || attempt === tries) throw error;
        await sleep(this.#clock, pauseMs);
      }
    }
  }

  async #create(): Promise<string> {
    const record = newKeyRecord(this.#random);
    await this.#store.write(secretKey, record, 0);
    return record;
  }
}
