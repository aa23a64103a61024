/**
 * A ticket as one word, with which an external client asks for its intent again: `<key id>.<place>.<signature>`. The place is
 * `<mesh> <pool> <partition> <sequence> <intent id>` as base64url. The signature is HMAC-SHA-256 (RFC 2104) under a key of the
 * mesh, so that no client can forge a ticket, for whatever place.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MeshSecret } from '../cluster/mesh-secret.ts';
import { ParleyError } from '../core/errors.ts';
import { checkIntentId, checkPool } from '../core/ids.ts';
import type { MeshKey } from '../core/mesh-keys.ts';
import type { TicketPlace } from '../inspect/index.ts';

/** The ticket is foreign, altered, or signed by a key that is no longer kept: the error does not reveal which. */
export class InvalidTicketError extends ParleyError {
  constructor() {
    super(
      'PARLEY_INVALID_TICKET',
      'this is no ticket of this mesh: it must be as the gateway gave it, and not too old',
    );
  }
}

/** Longer than any valid ticket: the longest names make one of 330 characters. */
const longest = 512;
const shape = /^([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;
const places = /^([a-z0-9_]+) ([a-z0-9_]+) (0|[1-9]\d{0,5}) ([1-9]\d{0,15}) ([A-Za-z0-9_-]+)$/;

export class Tickets {
  readonly #mesh: string;
  readonly #secret: Pick<MeshSecret, 'keys' | 'keyNamed'>;

  constructor(mesh: string, secret: Pick<MeshSecret, 'keys' | 'keyNamed'>) {
    this.#mesh = mesh;
    this.#secret = secret;
  }

  /**
   * Resolves when tickets can be signed: awaited before an intent is sent, so that none is stored without a ticket.
   * @throws PermissionRefusedError, TransportUnavailableError, MeshSecretError
   */
  async signer(): Promise<(place: TicketPlace) => string> {
    const { signing } = await this.#secret.keys();
    return ({ pool, partition, seq, intentId }) => {
      const place = Buffer.from(`${this.#mesh} ${pool} ${partition} ${seq} ${intentId}`).toString('base64url');
      return `${signing.id}.${place}.${signature(signing, place)}`;
    };
  }

  /** Verifies and reads a ticket. @throws InvalidTicketError, TransportUnavailableError */
  async read(ticket: string): Promise<TicketPlace> {
    const { id, place, signed } = partsOf(ticket);
    const key = id === '' ? undefined : await this.#secret.keyNamed(id);
    if (key === undefined || !isSame(signed, signature(key, place))) throw new InvalidTicketError();
    const { mesh, ...found } = placeIn(place);
    if (mesh !== this.#mesh) throw new InvalidTicketError();
    return found;
  }
}

/**
 * Reads a ticket without checking its signature: for an operator, who may read any place. @throws InvalidTicketError
 */
export const unverifiedPlace = (ticket: string): TicketPlace & { readonly mesh: string } =>
  placeIn(partsOf(ticket).place);

function partsOf(ticket: string): { readonly id: string; readonly place: string; readonly signed: string } {
  const [, id = '', place = '', signed = ''] = (ticket.length <= longest && shape.exec(ticket)) || [];
  return { id, place, signed };
}

/** Parses a place. A key may sign for several meshes, or may leak: the content is checked even when the signature is valid. */
function placeIn(encoded: string): TicketPlace & { readonly mesh: string } {
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  const [, mesh = '', pool, partition, seqText, intentId] = places.exec(text) ?? [];
  const seq = Number(seqText);
  if (!Number.isSafeInteger(seq)) throw new InvalidTicketError();
  try {
    return { mesh, pool: checkPool(pool), partition: Number(partition), seq, intentId: checkIntentId(intentId) };
  } catch {
    throw new InvalidTicketError();
  }
}

/** Signs a place. The prefix separates tickets from other things signed with a key of the mesh. */
const signature = ({ id, secret }: MeshKey, place: string): string =>
  createHmac('sha256', secret).update(`ticket ${id}.${place}`).digest('base64url');

/** Compares in constant time. */
const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
