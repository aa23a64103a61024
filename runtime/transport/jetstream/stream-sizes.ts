/**
 * How much disk a fresh mesh reserves. The server sets a stream's `max_bytes` aside when the stream is made, so a mesh takes no more
 * than there is: every size below, or the same fraction of each (README of `runtime/transport`, "Reserved disk"). Pure.
 */

const MiB = 1024 ** 2;

/** In a mesh that has all the room it wants; `least` is what it can work with. Bytes. */
interface Size {
  readonly full: number;
  readonly least: number;
}

const size = (full: number, least: number): Size => ({ full: full * MiB, least: least * MiB });

export type SizedStream =
  | 'pool'
  | 'knowledge'
  | 'state'
  | 'archive'
  | 'dead'
  | 'handled'
  | 'decisions'
  | 'working'
  | 'requests'
  | 'acts'
  | 'shared'
  | 'escalations'
  | 'constants'
  | 'registry'
  | 'secret';

/** Records are up to 1 MiB each. */
export const streamSizes: Readonly<Record<SizedStream, Size>> = Object.freeze({
  pool: size(2048, 16),
  knowledge: size(1024, 8),
  state: size(512, 8),
  archive: size(256, 8),
  dead: size(256, 8),
  handled: size(32, 4),
  decisions: size(256, 8),
  working: size(256, 4),
  requests: size(64, 4),
  acts: size(64, 4),
  shared: size(64, 4),
  escalations: size(16, 4),
  constants: size(16, 1),
  registry: size(16, 1),
  secret: size(1, 1),
});

/** Fractions that are tried, the largest first. */
export const scales: readonly number[] = Object.freeze([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128]);

/** @param most the largest stream that the account may have; `undefined`: no limit */
export function bytesOf(stream: SizedStream, scale: number, most?: number): number {
  const { full, least } = streamSizes[stream];
  const scaled = Math.max(least, Math.round((full * scale) / MiB) * MiB);
  return most === undefined ? scaled : Math.min(scaled, most);
}

/** What a mesh with one pool reserves. */
export function totalBytes(scale: number, most?: number): number {
  const streams = Object.keys(streamSizes) as SizedStream[];
  return streams.reduce((sum, stream) => sum + bytesOf(stream, scale, most), 0);
}

/** The largest scale whose total is within `room`; `undefined`: even the smallest is not. The smallest is all `least`. */
export function scaleWithin(room: number, most?: number): number | undefined {
  return scales.find((scale) => totalBytes(scale, most) <= room);
}

/** Of a mesh that exists, told by what one of its streams has; without a bound it is a full one. */
export function scaleOf(stream: SizedStream, maxBytes: number): number {
  return maxBytes > 0 ? Math.min(1, maxBytes / streamSizes[stream].full) : 1;
}
