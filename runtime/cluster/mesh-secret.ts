/**
 * The mesh's secret as a node has it: made by whoever is first, read through the leader by everybody else, kept in memory.
 * Connections that may not read it have a salt of their own, and sign nothing.
 */
import { type Clock, sleep } from '../core/clock.ts';
import { type MeshKey, type MeshKeys, newKeyRecord, randomText, readKeyRecord } from '../core/mesh-keys.ts';
import type { Random } from '../core/random.ts';
import { type KeyValueStore, PermissionRefusedError, RevisionConflictError } from '../transport/index.ts';

/** The one entry of the bucket. */
export const secretKey = 'keys';

/** Anybody can invent a key id: the store is asked for a new one at most so often. */
const rereadMs = 1_000;
/** A leader that was cut off may not have what the new one took. */
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

  constructor(store: Pick<KeyValueStore, 'read' | 'write'>, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /** What message ids are hashed with; `undefined` until `loadSalt` has been called once. */
  get salt(): string | undefined {
    return this.#salt;
  }

  /**
   * Without permission to read the secret, a salt that only this process has: its repetitions are recognised, those of
   * another process under the same intent id are not.
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

  /** The key of this id, also one that was added since; `undefined` when there is none. */
  async keyNamed(id: string): Promise<MeshKey | undefined> {
    const known = (await this.keys()).byId.get(id);
    if (known !== undefined || this.#clock.monotonic() - this.#readAt < rereadMs) return known;
    return (await this.#load()).byId.get(id);
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
        const keys = readKeyRecord(found ?? (await this.#create()));
        this.#readAt = this.#clock.monotonic();
        this.#keys = keys;
        return keys;
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
