/**
 * Order of sends that wait before they may enter their lane: for a look-up, a token, or room. Those behind one in its lane wait
 * for it, so that call order is the lane's order.
 */
import { type Clock, within } from '../core/clock.ts';
import { SendTimeoutError } from '../mailbox/mailbox-errors.ts';
import type { CheckedIntent } from './checked-intent.ts';

export class EntryQueue {
  readonly #clock: Clock;
  /** By lane: the turn of the last one that waits. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hot path: a lane's name is made only while a send waits. */
  isWaiting(checked: CheckedIntent): boolean {
    return this.#turns.size > 0 && this.#turns.has(checked.laneName);
  }

  /**
   * Passes the gate at once, and enters when those before it in its lane have entered or given up.
   * @param pass resolves to whether it may enter
   * @param enter called at most once
   * @throws SendTimeoutError at its deadline; what `pass` throws
   */
  async enter<T>(checked: CheckedIntent, pass: () => Promise<boolean>, enter: () => T): Promise<T | undefined> {
    const { laneName } = checked;
    const before = this.#turns.get(laneName);
    let over: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      over = resolve;
    });
    this.#turns.set(laneName, turn);
    try {
      const mayEnter = await pass();
      if (before !== undefined) await this.#inTime(checked, before);
      return mayEnter ? enter() : undefined;
    } finally {
      const end = (): void => {
        if (this.#turns.get(laneName) === turn) this.#turns.delete(laneName);
        over();
      };
      // one that gave up does not let those behind it overtake those before it
      if (before === undefined) end();
      else void before.then(end);
    }
  }

  async #inTime({ receiver, giveUpAt }: CheckedIntent, turn: Promise<void>): Promise<void> {
    const came = await within(
      this.#clock,
      Math.max(0, giveUpAt - this.#clock.monotonic()),
      turn.then(() => true),
    );
    if (came === undefined) throw new SendTimeoutError(receiver, 'earlier sends of its lane are still under way');
  }
}
