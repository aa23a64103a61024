/** The index of a working-memory scope: which value of each key is current, with its expiry time. Oldest first. */
import { isObject } from '../core/json.ts';
import { workingLimits } from './working-memory.ts';

export interface Slot {
  /** The key as the store has it: `memory-keys.ts`. */
  readonly key: string;
  /** Names the entry of the value; unique for every write. */
  readonly mark: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/** Selects the slots that have not expired. */
export const live = (slots: readonly Slot[], now: number): readonly Slot[] =>
  slots.filter(({ expires_at }) => expires_at > now);

export const without = (slots: readonly Slot[], key: string): readonly Slot[] =>
  slots.filter((slot) => slot.key !== key);

/** Adds a slot as the newest; drops the oldest ones above the limit. */
export const withSlot = (slots: readonly Slot[], slot: Slot): readonly Slot[] =>
  [...without(slots, slot.key), slot].slice(-workingLimits.entries);

/** Selects the slots of `before` whose values the index no longer names. */
export function dropped(before: readonly Slot[], after: readonly Slot[]): readonly Slot[] {
  const kept = new Set(after.map(({ mark }) => mark));
  return before.filter(({ mark }) => !kept.has(mark));
}

export const encodeSlots = (slots: readonly Slot[], mark: string): string => JSON.stringify({ v: 1, by: mark, slots });

export function decodeSlots(text: string): readonly Slot[] {
  const index = JSON.parse(text) as unknown;
  return isObject(index) && Array.isArray(index.slots) ? (index.slots as readonly Slot[]) : [];
}
