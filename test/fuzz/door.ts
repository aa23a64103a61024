/** A fuzzed door: one place at which bytes of strangers enter. */

export interface Door {
  readonly name: DoorName;
  /** Valid inputs: mutations begin with them. */
  readonly examples: readonly Buffer[];
  /** Where random bytes go: each puts them into an input of this door. */
  readonly frames: readonly ((bytes: Buffer) => Buffer)[];
  /** Inputs that are tried at the same time. */
  readonly parallel: number;
  /** Rejects, or throws, when the door did not do with it what it must; ends within a deadline of its own. */
  attempt(input: Buffer): Promise<void> | void;
}

/** Those of a node, over the wire; then those of functions, in a thread. */
export const wireDoors = ['http', 'nats', 'mailbox', 'tickets', 'keys'] as const;
export const threadDoors = ['subjects', 'traces', 'config', 'policy', 'metrics'] as const;
export const doorNames: readonly DoorName[] = [...wireDoors, ...threadDoors];
export type WireDoorName = (typeof wireDoors)[number];
export type ThreadDoorName = (typeof threadDoors)[number];
export type DoorName = WireDoorName | ThreadDoorName;

/** No door takes so long for one input on a machine that works at all. */
export const hangMs = 60_000;

/** What a door does wrong with an input. */
export class DoorFault extends Error {}

/** Random bytes as they are. */
export const bare = (bytes: Buffer): Buffer => bytes;

/** Random bytes between two texts. */
export const between =
  (before: string, after: string): ((bytes: Buffer) => Buffer) =>
  (bytes) =>
    Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);

/** How the fault of a door begins that does not answer. */
export const noAnswer = 'no answer';
