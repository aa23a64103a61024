/** Shows the progress of a run: one rewritten line on a terminal, a few lines elsewhere. */
import type { Cloud } from '../cloud/cloud.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The lines of a scenario where a line cannot be rewritten. */
const lines = 4;

export class Progress {
  readonly #output: Output;
  readonly #ticks: number;
  #isOpen = false;

  constructor(output: Output, ticks: number) {
    this.#output = output;
    this.#ticks = ticks;
  }

  /** Returns the function that a scenario calls after every tick. */
  of(scenario: string): (cloud: Cloud) => void {
    const every = Math.max(1, Math.floor(this.#ticks / (this.#output.isTTY === true ? 100 : lines)));
    return (cloud) => {
      if (cloud.tick % every !== 0 && cloud.tick !== this.#ticks) return;
      const { flips, cost_usd, sla_violations } = cloud.totals;
      const text = `${scenario.padEnd(14)} tick ${cloud.tick}/${this.#ticks}: ${flips} flips, ${cost_usd.toFixed(2)} USD, ${sla_violations} SLA violations`;
      if (this.#output.isTTY === true) this.#output.write(`\r\u001b[K${text}`);
      else this.#output.write(`${text}\n`);
      this.#isOpen = this.#output.isTTY === true;
    };
  }

  /** Keeps the present line on the screen. */
  done(): void {
    if (this.#isOpen) this.#output.write('\n');
    this.#isOpen = false;
  }
}
