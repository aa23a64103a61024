/** Proves contact by publishes that a majority of the store accepts; a fenced one is accepted only while its epoch is the newest. */
import { headers, type NatsConnection } from 'nats';
import { ownerSubject } from '../../core/store-places.ts';
import { confirmationSubject, contactSubject } from '../../core/subjects.ts';
import type { FeedPlace } from '../feed.ts';
import { StaleEpochError, TransportUnavailableError } from '../transport-errors.ts';
import { type ApiError, ApiRefusal, errCode } from './api.ts';

const tryMs = 2_000;

export class Confirmations {
  readonly #connection: NatsConnection;
  readonly #mesh: string;

  constructor(connection: NatsConnection, mesh: string) {
    this.#connection = connection;
    this.#mesh = mesh;
  }

  /** Confirms an epoch, fenced by the subject of the ownership record in the same stream. @throws StaleEpochError, TransportUnavailableError */
  async confirm({ pool, partition, epoch }: FeedPlace): Promise<void> {
    const fence = headers();
    fence.set('Nats-Expected-Last-Subject-Sequence', String(epoch));
    fence.set('Nats-Expected-Last-Subject-Sequence-Subject', ownerSubject(this.#mesh, pool, partition));
    const error = await this.#publish(confirmationSubject(this.#mesh, pool, partition), { headers: fence });
    if (error === undefined) return;
    if (error.err_code === errCode.wrongLastSequence) throw new StaleEpochError(pool, partition, epoch);
    throw new TransportUnavailableError(`confirming partition ${partition} of pool "${pool}"`, refusal(error));
  }

  /** @throws TransportUnavailableError */
  async reach(pool: string): Promise<void> {
    const error = await this.#publish(contactSubject(this.#mesh, pool), {});
    if (error !== undefined) throw new TransportUnavailableError('writing to the store', refusal(error));
  }

  async #publish(
    subject: string,
    more: { readonly headers?: ReturnType<typeof headers> },
  ): Promise<ApiError | undefined> {
    try {
      const answer = await this.#connection.request(subject, '', { timeout: tryMs, ...more });
      const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
      if (error !== undefined || (seq !== undefined && seq > 0)) return error;
      return { code: 500, err_code: 0, description: 'acknowledged with sequence 0' };
    } catch (cause) {
      throw new TransportUnavailableError(`publishing to "${subject}"`, cause);
    }
  }
}

const refusal = (error: ApiError): Error => new ApiRefusal('the state stream', error);
