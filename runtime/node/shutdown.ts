/** The end of a node: takes nothing new, lets go on what goes on, then closes what is left. */
import { type Clock, sleep, within } from '../core/clock.ts';
import type { NodeParts } from './composition.ts';
import type { NodeCounts } from './node-counts.ts';

export interface Draining {
  readonly counts: () => NodeCounts;
  /** Has everything finished be delivered by the current feeds, on which it is acknowledged. @returns whether it is */
  readonly pullFinished: () => boolean;
  readonly drainMs: number;
}

/** Handlers may go on for `drainMs`; what they sent is stored, and what they finished is confirmed. */
export async function drain(
  clock: Clock,
  parts: NodeParts,
  { counts, pullFinished, drainMs }: Draining,
): Promise<void> {
  const { inbox, activations, messenger } = parts;
  inbox.stop();
  activations.stop();
  const until = clock.monotonic() + drainMs;
  const drained = (): boolean => {
    const { handling, sending, unconfirmed } = counts();
    return pullFinished() && handling === 0 && sending === 0 && unconfirmed === 0;
  };
  while (!drained() && clock.monotonic() < until) {
    // whoever still goes on waits for somebody who does not begin any more: it goes on after the next start
    const { handling } = counts();
    if (handling > 0 && handling <= messenger.askingHere) messenger.abandonHere();
    await sleep(clock, 10);
  }
  await within(clock, Math.max(1, until - clock.monotonic()), activations.end());
}

/** Whatever still waits for something is told that it will not come. */
export function closeParts({ aborts, messenger, egress, escalations, lanes, loader }: NodeParts): void {
  aborts.abort();
  messenger.close();
  egress.close();
  escalations.stop();
  lanes.close();
  loader.stop();
}
