/**
 * Limits on the age of a node's contact with the store, milliseconds. Elections of a stream take 4.5 to 7 s (measured): they
 * keep a node from beginning work, but end no work in progress.
 */

/** Interval between proofs of contact. */
export const confirmEveryMs = 1_000;
/** How long a claim retries its proof of contact: as long as every other request to the store. */
export const proveWithinMs = 15_000;
/** Beyond this age no work begins; a node without a heartbeat for this long is dead. */
export const contactTtlMs = 3_000;
/** Beyond this age activations end; a node whose main loop had no contact for this long counts as dead. */
export const contactLostMs = 12_000;
