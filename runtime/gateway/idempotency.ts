/**
 * The same key gives the same ticket for 24 hours, on every node of the mesh.
 *
 * absent ──begin──▶ begun {intent id} ──finish──▶ finished {ticket}
 *                      └ forget (refused: nothing was stored) ──▶ absent
 *
 * A process that dies between begin and finish leaves the intent's id behind: whoever comes with the key again sends under that
 * id, which the store keeps once within its window.
 */
import { hash } from 'node:crypto';
import { type Register, RevisionConflictError } from '../transport/index.ts';
import { IdempotencyConflictError } from './gateway-errors.ts';

export interface Accepted {
  readonly ticket: string;
  readonly intent_id: string;
  readonly to: string;
  readonly stream: string;
  readonly seq: number;
}

interface RequestRecord {
  readonly v: 1;
  /** Of what was asked for. */
  readonly request: string;
  readonly intent_id: string;
  readonly accepted: Accepted | null;
}

export class Idempotency {
  readonly #register: Register;

  constructor(register: Register) {
    this.#register = register;
  }

  /**
   * @param request the request's text: the same key must come with the same
   * @param newId what the intent is called if the key is new
   * @param send sends under that id
   * @throws IdempotencyConflictError, and what `send` throws
   */
  async once(
    client: string,
    key: string,
    request: string,
    newId: () => string,
    send: (intentId: string) => Promise<Accepted>,
  ): Promise<{ readonly accepted: Accepted; readonly replayed: boolean }> {
    const name = `key.${hash('sha256', `${client}\n${key}`, 'base64url').slice(0, 32)}`;
    const wanted = hash('sha256', request, 'base64url');
    for (;;) {
      const found = await this.#register.read(name);
      const record = found === undefined ? undefined : (JSON.parse(found.value) as RequestRecord);
      if (record !== undefined && record.request !== wanted) throw new IdempotencyConflictError(key);
      if (record?.accepted != null) return { accepted: record.accepted, replayed: true };
      const begun: RequestRecord = record ?? { v: 1, request: wanted, intent_id: newId(), accepted: null };
      try {
        const revision = found?.revision ?? (await this.#register.write(name, JSON.stringify(begun), 0));
        const accepted = await this.#send(name, () => send(begun.intent_id));
        await this.#register.write(name, JSON.stringify({ ...begun, accepted }), revision);
        return { accepted, replayed: false };
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }

  /** What was refused may be tried again, also changed; what may have been stored may not. */
  async #send(name: string, send: () => Promise<Accepted>): Promise<Accepted> {
    try {
      return await send();
    } catch (error) {
      const uncertain = error instanceof Error && 'code' in error && error.code === 'PARLEY_SEND_OUTCOME_UNKNOWN';
      if (!uncertain) await this.#register.remove(name);
      throw error;
    }
  }
}
