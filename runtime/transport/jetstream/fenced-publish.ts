/** A publish that the server accepts only if the subject's last sequence is still the expected one. */
import { ErrorCode, headers, type NatsConnection, NatsError } from 'nats';
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { systemRandom } from '../../core/random.ts';
import { type ApiError, ApiRefusal, errCode } from './api.ts';
import { explainRequest } from './refusals.ts';

/**
 * Resolves to the new sequence, or to `undefined` when another write was first. When an attempt got no answer and the next is
 * refused, `written` tells whether the first had arrived after all.
 */
export type FencedPublish = (
  subject: string,
  value: string,
  expected: number,
  written: () => Promise<number | undefined>,
) => Promise<number | undefined>;

const tryMs = 2_000;
const deadlineMs = 15_000;

/** Errors for which a retry changes nothing. */
const final: ReadonlySet<string> = new Set([
  ErrorCode.ConnectionClosed,
  ErrorCode.PermissionsViolation,
  ErrorCode.MaxPayloadExceeded,
]);

/** @param suspect called when no stream answers for a subject */
export function fencedPublisher(connection: NatsConnection, clock: Clock, suspect: () => void): FencedPublish {
  return async (subject, value, expected, written) => {
    const until = clock.monotonic() + deadlineMs;
    const backoff = new Backoff(systemRandom);
    let unanswered = false;
    for (;;) {
      try {
        const fence = headers();
        fence.set('Nats-Expected-Last-Subject-Sequence', String(expected));
        const answer = await connection.request(subject, value, { timeout: tryMs, headers: fence });
        const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
        if (error === undefined && seq !== undefined && seq > 0) return seq;
        if (error?.err_code === errCode.wrongLastSequence) return unanswered ? await written() : undefined;
        // another write to the subject is in progress: its outcome is known a moment later
        const isTransient = error?.code === 503 || error?.err_code === errCode.sequenceInProcess;
        if (error === undefined || !isTransient || clock.monotonic() > until) {
          throw new ApiRefusal(
            subject,
            error ?? { code: 500, err_code: 0, description: 'acknowledged with sequence 0' },
          );
        }
      } catch (cause) {
        if (!(cause instanceof NatsError)) throw cause;
        if (cause.code !== ErrorCode.NoResponders) unanswered = true;
        if (final.has(cause.code) || clock.monotonic() > until) throw explainRequest(`writing "${subject}"`, cause);
        if (cause.code === ErrorCode.NoResponders) suspect();
      }
      await sleep(clock, backoff.nextMs());
    }
  };
}
