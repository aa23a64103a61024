/** The request for a batch of messages of a pull consumer (ADR-37). */
import { pullExpiresMs } from './pull-window.ts';
import { maxMessageBytes } from './streams.ts';

const heartbeatMs = 1_000;
/**
 * Bounds the bytes of a pull: two of them in each of 16 partitions stay below the 64 MiB (`max_pending`) at which the server cuts
 * off a client that does not read. Above `maxMessageBytes`, or a pull would bring nothing.
 */
const pullBytes = 1.25 * maxMessageBytes;

const encoder = new TextEncoder();

export function pullRequest(batch: number): Uint8Array {
  return encoder.encode(
    JSON.stringify({
      batch,
      max_bytes: pullBytes,
      expires: pullExpiresMs * 1e6,
      idle_heartbeat: heartbeatMs * 1e6,
    }),
  );
}
