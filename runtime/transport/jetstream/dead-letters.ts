/** Appends to the dead-letter stream until the server has it. */
import { ErrorCode, headers, type NatsConnection, NatsError } from 'nats';
import { type Clock, sleep } from '../../core/clock.ts';
import type { DeadLetter } from '../transport.ts';
import { TransportUnavailableError } from '../transport-errors.ts';
import { type ApiError, ApiRefusal } from './api.ts';

const tryMs = 2_000;
const deadlineMs = 30_000;
const pauseMs = 250;

/** The letter's id keeps a repetition from being stored twice. */
export async function appendDeadLetter(
  connection: NatsConnection,
  clock: Clock,
  subject: string,
  letter: DeadLetter,
): Promise<void> {
  const until = clock.monotonic() + deadlineMs;
  const id = headers();
  id.set('Nats-Msg-Id', letter.messageId);
  for (;;) {
    try {
      const answer = await connection.request(subject, letter.payload, { timeout: tryMs, headers: id });
      const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
      if (error === undefined && seq !== undefined && seq > 0) return;
      if (error !== undefined && error.code !== 503) throw new ApiRefusal(subject, error);
    } catch (cause) {
      const transient = cause instanceof NatsError && cause.code !== ErrorCode.ConnectionClosed;
      if (!transient || clock.monotonic() + pauseMs > until) {
        throw cause instanceof ApiRefusal
          ? cause
          : new TransportUnavailableError(`dead-lettering to "${subject}"`, cause);
      }
    }
    await sleep(clock, pauseMs);
  }
}
