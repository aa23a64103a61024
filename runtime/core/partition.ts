/** Maps a mailbox to a partition of its pool: FNV-1a-32 of the group id, modulo the pool's partitions. */

const encoder = new TextEncoder();

/** FNV-1a, 32 bit, over UTF-8 (http://www.isthe.com/chongo/tech/comp/fnv). Test vectors in test/unit/core. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return fnv1a32Bytes(encoder.encode(text));
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return hash >>> 0;
}

function fnv1a32Bytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** @returns a whole number in [0, partitions) */
export function partitionOf(groupId: string, partitions: number): number {
  return fnv1a32(groupId) % partitions;
}

/**
 * Limit of unacknowledged intents per partition: many full lanes of one slow mailbox must not block the others (a high limit is
 * harmless, measured).
 */
export const maxAckPending = 100_000;
