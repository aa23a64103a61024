/** Feeds a series to the cost monitor at a pace, waits until the mesh is quiet, and says how it went. */
import type { VoiceContext } from '../../runtime/actor/context.ts';
import { type Clock, sleep } from '../../runtime/core/clock.ts';
import { reasonOf } from '../../runtime/core/errors.ts';
import { compileOptions, type OptionRules, quantity, whole } from '../../runtime/core/options.ts';
import type { Sample } from '../metrics/sample.ts';
import type { MetricsSeries } from '../metrics/series.ts';
import type { Story, StoryCounts } from './story.ts';

/** What is needed of the node that the agents live on. */
export interface AgentsNode {
  /** Speaks as an agent, outside of any intent. */
  context(kind: string): VoiceContext;
  /** Resolves when nothing is being sent or handled. */
  quiet(): Promise<void>;
}

/** What is needed of the monitor. */
export interface SampleObserver {
  readonly kind: string;
  observe(sample: Sample, ctx: VoiceContext): Promise<unknown>;
}

export interface Pace {
  readonly samplesPerSecond: number;
  readonly quietMs: number;
}

export interface DevopsRun {
  readonly agentsNode: AgentsNode;
  readonly monitor: SampleObserver;
  readonly source: MetricsSeries;
  /** It must also be the node's observer and have the monitor's events: it knows what is under way. */
  readonly story: Story;
  readonly clock: Clock;
  readonly pace?: Partial<Pace>;
}

export interface DevopsResult extends StoryCounts {
  /** Why spikes could not be reported; empty if all were. */
  readonly failures: readonly string[];
  readonly ended: 'complete' | 'stopped' | 'not_quiet';
  /** Every sample was read, every intent sent and handled. */
  readonly ok: boolean;
}

const paceRules: OptionRules<Pace> = {
  /** The built-in week in four seconds: slow enough to read, fast enough to wait for. */
  samplesPerSecond: quantity(500, 0.001, 1e9, 'samples per second'),
  /** For the last intents, once all samples are read: four send deadlines. */
  quietMs: whole(120_000, 1, 3_600_000, 'milliseconds'),
};

/** Timers are no finer: a faster pace sends several samples at once. */
const finestMs = 4;

/** A spike that cannot be reported ends nothing: it is in the result. @throws InvalidOptionError */
export async function runDevops(run: DevopsRun): Promise<DevopsResult> {
  const { agentsNode, monitor, source, story, clock } = run;
  const pace = compileOptions('pace', paceRules, run.pace ?? {});
  const ctx = agentsNode.context(monitor.kind);
  story.source(source);
  const failures: string[] = [];
  const isRead = await feed(source.samples, pace, clock, ctx.signal, async (sample) => {
    story.sample();
    try {
      await monitor.observe(sample, ctx);
    } catch (error) {
      failures.push(reasonOf(error));
      story.failure('reporting the spike', reasonOf(error));
    }
  });
  const isQuiet = isRead && (await quietWithin(pace.quietMs, run, ctx.signal));
  story.finish();
  const counts = story.counts;
  const ended = ctx.signal.aborted ? 'stopped' : isQuiet ? 'complete' : 'not_quiet';
  return { ...counts, failures, ended, ok: ended === 'complete' && failures.length === 0 && counts.dead === 0 };
}

/** @returns whether all were read; not if the signal came first */
async function feed(
  samples: readonly Sample[],
  pace: Pace,
  clock: Clock,
  signal: AbortSignal,
  take: (sample: Sample) => Promise<void>,
): Promise<boolean> {
  let due = clock.monotonic();
  for (const sample of samples) {
    const early = due - clock.monotonic();
    if (early >= finestMs && !(await waited(clock, early, signal))) return false;
    if (signal.aborted) return false;
    await take(sample);
    // what was lost in an outage is not made up for in a burst
    due = Math.max(due, clock.monotonic() - finestMs) + 1_000 / pace.samplesPerSecond;
  }
  return true;
}

/** Quiet, and nothing that the store has taken waits for its delivery: a node between two pulls is quiet as well. */
async function quietWithin(ms: number, { agentsNode, story, clock }: DevopsRun, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const quiet = async (): Promise<boolean> => {
    while (!over.signal.aborted) {
      await agentsNode.quiet();
      if (story.counts.open === 0) return true;
      await story.settled();
    }
    return false;
  };
  const late = waited(clock, ms, AbortSignal.any([signal, over.signal])).then(() => false);
  const isQuiet = await Promise.race([quiet(), late]);
  over.abort();
  return isQuiet;
}

/** @returns `false` if the signal came first */
function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(clock, ms, signal).then(
    () => true,
    () => false,
  );
}
