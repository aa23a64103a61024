/** Records the promises to the doors: tickets of accepted intents, places of stored messages. */

export interface StoredPlace {
  readonly seq: number;
  readonly subject: string;
}

export class Ledger {
  readonly #meshes = new Map<string, { readonly accepted: Set<string>; readonly stored: StoredPlace[] }>();

  /** An intent that was accepted with a ticket. */
  accept(mesh: string, intentId: string): void {
    this.#of(mesh).accepted.add(intentId);
  }

  /** A message that was published to a mailbox without Parley. */
  store(mesh: string, place: StoredPlace): void {
    this.#of(mesh).stored.push(place);
  }

  acceptedBy(mesh: string): ReadonlySet<string> {
    return this.#of(mesh).accepted;
  }

  storedBy(mesh: string): readonly StoredPlace[] {
    return this.#of(mesh).stored;
  }

  #of(mesh: string): { readonly accepted: Set<string>; readonly stored: StoredPlace[] } {
    let found = this.#meshes.get(mesh);
    if (found === undefined) {
      found = { accepted: new Set(), stored: [] };
      this.#meshes.set(mesh, found);
    }
    return found;
  }
}
