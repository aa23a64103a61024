/**
 * How old a node's contact with the store may be, milliseconds. Elections of a stream take 4.5 to 7 s (measured): they stop a
 * node from beginning anything, but end nothing that is under way.
 */

/** Contact is proved so often. */
export const confirmEveryMs = 1_000;
/** How long a claim goes on asking for its proof of contact: as long as for any other answer of the store. */
export const proveWithinMs = 15_000;
/** Beyond this age nothing new begins; a node without a heartbeat for so long is dead. */
export const contactTtlMs = 3_000;
/** Beyond this age activations end; a node whose main loop had no contact for so long is as good as dead. */
export const contactLostMs = 12_000;
