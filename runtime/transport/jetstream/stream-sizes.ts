/**
 * Computes how much disk a new mesh reserves. The server reserves a stream's `max_bytes` at its creation, so a mesh takes no more
 * than is free: every size of the catalogue, or the same fraction of each (README of `runtime/transport`, "Reserved disk"). Pure.
 */
import type { StoreDeclaration } from '../../core/store-declaration.ts';
import { buckets, logs } from '../../core/stores.ts';

const MiB = 1024 ** 2;

/** The size in a mesh with enough room; `least` is the smallest usable one. Bytes. */
export interface StreamSize {
  readonly full: number;
  readonly least: number;
}

export const sizeOf = ({ mib: { full, least } }: Pick<StoreDeclaration, 'mib'>): StreamSize => ({
  full: full * MiB,
  least: least * MiB,
});

/** The size of a pool's mailboxes. Intents are up to 1 MiB each. */
export const poolSize: StreamSize = Object.freeze(sizeOf({ mib: { full: 2048, least: 16 } }));

/** The fractions to try, the largest first. */
export const scales: readonly number[] = Object.freeze([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128]);

/** @param most the largest stream that the account may have; `undefined`: no limit */
export function bytesOf({ full, least }: StreamSize, scale: number, most?: number): number {
  const scaled = Math.max(least, Math.round((full * scale) / MiB) * MiB);
  return most === undefined ? scaled : Math.min(scaled, most);
}

/** Returns the bytes that a mesh with one pool reserves. */
export function totalBytes(scale: number, most?: number): number {
  const sizes = [poolSize, ...[...Object.values(buckets), ...Object.values(logs)].map(sizeOf)];
  return sizes.reduce((sum, size) => sum + bytesOf(size, scale, most), 0);
}

/** Returns the largest scale whose total is within `room`, or `undefined`. The smallest scale is `least` for each stream. */
export function scaleWithin(room: number, most?: number): number | undefined {
  return scales.find((scale) => totalBytes(scale, most) <= room);
}

/** Returns the scale of an existing mesh from the size of one of its streams; a stream without a bound has the full scale. */
export function scaleOf({ full }: StreamSize, maxBytes: number): number {
  return maxBytes > 0 ? Math.min(1, maxBytes / full) : 1;
}
