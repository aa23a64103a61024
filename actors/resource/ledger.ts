/** The grants of a resource in shared memory: read with their version, written only if that version is still current. */
import { z } from 'zod';
import { emptyLedger, type GrantLedger } from '../../runtime/coordination/grant.ts';
import type { Json } from '../../runtime/core/json.ts';
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';

const direction = z.enum(['up', 'down', 'none']);

const ledgerSchema: z.ZodType<GrantLedger> = z.object({
  grant: z.object({ by: z.string(), direction, tier: z.number(), until: z.number() }).nullable(),
  changes: z.array(z.object({ at: z.number(), direction, flip: z.boolean() })),
});

export interface VersionedLedger {
  readonly ledger: GrantLedger;
  /** 0: there is no ledger yet. */
  readonly version: number;
}

export class Ledgers {
  readonly #shared: SharedMemory;
  readonly #run: string;

  constructor(shared: SharedMemory, run: string) {
    this.#shared = shared;
    this.#run = run;
  }

  async read(service: string): Promise<VersionedLedger> {
    const found = await this.#shared.read(this.#key(service));
    if (found === undefined) return { ledger: emptyLedger, version: 0 };
    return { ledger: ledgerSchema.parse(found.value), version: found.version };
  }

  /** Writes the ledger. @returns the new version; `undefined` when another activation of the resource has decided meanwhile */
  write(service: string, ledger: GrantLedger, version: number): Promise<number | undefined> {
    return this.#shared.writeIfVersion(this.#key(service), ledger as unknown as Json, version);
  }

  #key(service: string): string {
    return `grants/${this.#run}/${service}`;
  }
}
