/** What a scope of working memory holds, as its index says it: which value of each key counts, and until when. Oldest first. */
import { isObject } from '../core/json.ts';
import { workingLimits } from './working-memory.ts';

export interface Slot {
  /** As the store has it: `memory-keys.ts`. */
  readonly key: string;
  /** Names the value's own entry: another for every write. */
  readonly mark: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/** Those whose time is not over. */
export const live = (slots: readonly Slot[], now: number): readonly Slot[] =>
  slots.filter(({ expires_at }) => expires_at > now);

export const without = (slots: readonly Slot[], key: string): readonly Slot[] =>
  slots.filter((slot) => slot.key !== key);

/** As the newest; the oldest go when there are too many. */
export const withSlot = (slots: readonly Slot[], slot: Slot): readonly Slot[] =>
  [...without(slots, slot.key), slot].slice(-workingLimits.entries);

/** Those of `before` whose values nobody will look for any more. */
export function dropped(before: readonly Slot[], after: readonly Slot[]): readonly Slot[] {
  const kept = new Set(after.map(({ mark }) => mark));
  return before.filter(({ mark }) => !kept.has(mark));
}

export const encodeSlots = (slots: readonly Slot[], mark: string): string => JSON.stringify({ v: 1, by: mark, slots });

export function decodeSlots(text: string): readonly Slot[] {
  const index = JSON.parse(text) as unknown;
  return isObject(index) && Array.isArray(index.slots) ? (index.slots as readonly Slot[]) : [];
}
