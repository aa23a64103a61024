/** Tells what happens in the mesh: a line for each event as it comes, the chains of intents as trees at the end. Plain text. */
import { type Clock, toIso } from '../../runtime/core/clock.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import type { Ticket } from '../../runtime/core/ticket.ts';
import type { NodeObserver } from '../../runtime/node/observer.ts';
import type { CostMonitorEvents, Verdict } from '../cost_monitor/agent.ts';
import type { Spike } from '../cost_monitor/spike.ts';
import type { MetricsSeries } from '../metrics/series.ts';
import { chainTree } from './chain-tree.ts';
import { Chains } from './chains.ts';
import { durationText } from './duration.ts';
import { summaryOf } from './summary.ts';

export interface StoryCounts {
  readonly samples: number;
  readonly spikes: number;
  readonly chains: number;
  readonly intents: number;
  /** Intents that were given up. */
  readonly dead: number;
  /** Intents not yet known to be handled or given up. */
  readonly open: number;
}

/** Prints through a function of its user, one line a call. */
export class Story implements NodeObserver, CostMonitorEvents {
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #began: number;
  readonly #chains = new Chains();
  readonly #settled = new Set<() => void>();
  #samples = 0;
  #spikes = 0;
  #dead = 0;

  constructor(print: (line: string) => void, clock: Clock) {
    this.#print = print;
    this.#clock = clock;
    this.#began = clock.monotonic();
  }

  get counts(): StoryCounts {
    return {
      samples: this.#samples,
      spikes: this.#spikes,
      chains: this.#chains.byChain().length,
      intents: this.#chains.size,
      dead: this.#dead,
      open: this.#chains.open,
    };
  }

  /** Resolves once every intent seen was handled or given up. */
  settled(): Promise<void> {
    if (this.#chains.open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.add(resolve));
  }

  source(series: MetricsSeries): void {
    const [first, last] = [series.samples[0], series.samples.at(-1)];
    const span = first && last ? `, ${timeText(first.at)} to ${timeText(last.at)} UTC` : '';
    this.#tell(`watching ${series.name}: ${count(series.samples.length, 'sample')}${span}`);
    const { gaps, longestGap, repeated } = series.irregularities;
    if (longestGap !== undefined) {
      const where = longestGap.line === undefined ? '' : ` before line ${longestGap.line}`;
      this.#tell(`note: ${count(gaps, 'gap')} in time, the longest ${durationText(longestGap.ms)}${where}`);
    }
    if (repeated > 0) this.#tell(`note: ${count(repeated, 'sample')} with the time of the one before`);
  }

  sample(): void {
    this.#samples += 1;
  }

  spike(spike: Spike): void {
    this.#spikes += 1;
    const line = spike.line === undefined ? '' : `, line ${spike.line}`;
    const values = `${number(spike.value)} where ${number(spike.expected)} was expected, +${spike.increasePct} %`;
    this.#tell(`spike at ${timeText(spike.at)}${line}: ${values}, ${spike.severity}`);
  }

  sent(intent: Intent, ticket: Ticket): void {
    this.#chains.sent(intent, ticket.seq);
    const summary = summaryOf(intent);
    const what = summary === '' ? intent.intent_type : `${intent.intent_type}: ${summary}`;
    this.#tell(`  ${intent.from_agent} -> ${ticket.to}  ${what}  (seq ${ticket.seq})`);
  }

  handling(_agent: string, intent: Intent, attempt: number): void {
    this.#chains.handling(intent, attempt);
    if (attempt > 1) this.#tell(`  ${intent.to_agent} tries ${intent.intent_type} again, attempt ${attempt}`);
  }

  handled(_agent: string, intent: Intent): void {
    this.#chains.handled(intent, this.#clock.now());
    this.#checkSettled();
  }

  verdict(verdict: Verdict): void {
    const cost = `${verdict.estimatedCost} of ${verdict.budget} USD a month`;
    this.#tell(`  cost_monitor: ${verdict.action} is ${verdict.withinBudget ? 'within' : 'over'} budget, ${cost}`);
  }

  dead(_agent: string, intent: Intent | undefined, reason: string): void {
    this.#dead += 1;
    if (intent !== undefined) this.#chains.dead(intent, reason);
    this.#tell(`  dead letter: ${intent?.intent_type ?? 'a message that is no intent'}, ${reason}`);
    this.#checkSettled();
  }

  connection(status: 'connected' | 'disconnected'): void {
    this.#tell(
      status === 'connected'
        ? 'connected to the store again'
        : 'connection to the store lost; going on when it is back',
    );
  }

  failure(what: string, reason: string): void {
    this.#tell(`${what} failed: ${reason}`);
  }

  /** Every chain as a tree, then the counts. */
  finish(): void {
    const chains = this.#chains.byChain();
    for (const [place, links] of chains.entries()) {
      this.#print('');
      this.#print(`chain ${place + 1} of ${chains.length}, begun ${timeText(links[0]?.made ?? 0)} UTC`);
      for (const line of chainTree(links)) this.#print(`  ${line}`);
    }
    const { samples, spikes, intents, dead, open } = this.counts;
    this.#print('');
    if (chains.length === 0) this.#print(noChain(samples, spikes));
    const parts = [count(chains.length, 'chain'), count(intents, 'intent'), count(spikes, 'spike')];
    if (dead > 0) parts.push(count(dead, 'dead letter'));
    if (open > 0) parts.push(`${count(open, 'intent')} not handled yet`);
    this.#print(`${parts.join(', ')} in ${count(samples, 'sample')}`);
  }

  #checkSettled(): void {
    if (this.#settled.size === 0 || this.#chains.open > 0) return;
    const waiting = [...this.#settled];
    this.#settled.clear();
    for (const resolve of waiting) resolve();
  }

  #tell(line: string): void {
    const seconds = (this.#clock.monotonic() - this.#began) / 1_000;
    this.#print(`[${seconds.toFixed(3).padStart(8)} s] ${line}`);
  }
}

function noChain(samples: number, spikes: number): string {
  if (spikes === 0)
    return `no spike was found in ${count(samples, 'sample')}, so no intent was sent and there is no chain`;
  return `${count(spikes, 'spike')} found, but no intent could be sent, so there is no chain`;
}

const count = (of: number, what: string): string => `${of} ${what}${of === 1 ? '' : 's'}`;

const number = (value: number): string => String(Number(value.toPrecision(4)));

const timeText = (ms: number): string => toIso(ms).slice(0, 19).replace('T', ' ');
