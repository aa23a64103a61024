/**
 * Finds spikes in a series, one sample at a time: `(state, sample) -> {state, event?}`, without side effects.
 *
 * calm ──above the band──▶ high (started, unless such bursts are a habit)
 *   │ back on a level left not long ago: calm on that level, no event
 *   │ below the band: calm; a drop is no cost spike, the level left is remembered
 * high ──near the old level, or steady less than half way up──▶ calm (ended)
 *   └──lasts too long──▶ calm on the new level (ended, adopted)
 *
 * The level is the median of the last calm samples, extended by their trend. The band around it is the largest of a share of the
 * level, a share of the usual value of the series, and a multiple of its noise. Samples of a spike never enter the level. By design
 * it does not find a rise slower than the window (that is the day's), or one within the warm-up. As a limit, it does not find small
 * spikes on a cycle of fewer than about a hundred samples (hourly metrics with a daily cycle), whose slopes a window of 36 takes
 * for noise.
 */
import { highest, lowest } from '../../runtime/core/extremes.ts';
import type { Sample } from '../metrics/sample.ts';
import { type Band, type Baseline, bandOf, extend, last, reanchor } from './baseline.ts';
import type { DetectorOptions } from './detector-options.ts';
import type { CalmState, Detection, DetectorState, Episode, FormerLevel, HighState } from './detector-state.ts';
import { habitOf, isNews, noteBurst } from './habit.ts';
import { median } from './robust.ts';

/** How fast the trend loses weight with each sample of a spike: its course below the spike is unknown. */
const damping = 0.9;
/** The samples that give the height of a spike when it falls. */
const plateauSamples = 6;

export function detect(state: DetectorState, sample: Sample, options: DetectorOptions): Detection {
  const seen = { seen: state.seen + 1, highest: Math.max(state.highest, sample.value), former: aged(state.former) };
  switch (state.phase) {
    case 'calm':
      return whenCalm({ ...state, ...seen }, sample, options, state.highest);
    case 'high':
      return whenHigh({ ...state, ...seen }, sample, options, state.highest);
    default:
      return state satisfies never;
  }
}

function whenCalm(state: CalmState, sample: Sample, options: DetectorOptions, highestBefore: number): Detection {
  const band = bandOf(state.baseline, options);
  const away = sample.value - band.level;
  const calmFor = state.calmFor + 1;
  const warm = state.seen > options.warmUp;
  if (!warm || Math.abs(away) <= band.reach) {
    return { state: { ...state, calmFor, baseline: extend(state.baseline, sample, band, options) } };
  }
  const returned = returnTo(state.former, sample, options);
  if (returned !== undefined) return { state: { ...state, calmFor, baseline: returned, former: undefined } };
  if (away > 0) return start(state, sample, band, options, highestBefore);
  // soon after a spike the level itself may be in doubt: a return to it does not count
  const settled = calmFor > options.window;
  const former = state.former ?? (settled ? { baseline: state.baseline, left: options.remember } : undefined);
  return { state: { ...state, calmFor, former, baseline: extend(state.baseline, sample, band, options) } };
}

function start(
  state: CalmState,
  sample: Sample,
  band: Band,
  options: DetectorOptions,
  highestBefore: number,
): Detection {
  const { calmFor: _, ...memory } = state;
  const habit = habitOf(state.bursts, state.seen, options);
  const first = { peak: sample.value, length: 1 };
  const reported = isNews(first, habit);
  const episode: Episode = { ...first, began: sample, band, tail: [sample], calm: 0, habit, reported };
  const bursts = noteBurst(state.bursts, { ...first, began: state.seen }, options);
  const high: HighState = { ...memory, phase: 'high', bursts, episode };
  return reported ? { state: high, event: started(high, sample, highestBefore) } : { state: high };
}

function whenHigh(state: HighState, sample: Sample, options: DetectorOptions, highestBefore: number): Detection {
  const { band } = state.episode;
  const level = expected(state.episode);
  const isCalm = sample.value <= level + band.reach / 2;
  const soFar = { peak: Math.max(state.episode.peak, sample.value), length: state.episode.length + 1 };
  const episode: Episode = {
    ...state.episode,
    ...soFar,
    tail: last([...state.episode.tail, sample], options.window),
    calm: isCalm ? state.episode.calm + 1 : 0,
    reported: state.episode.reported || isNews(soFar, state.episode.habit),
  };
  if (episode.calm >= options.calmToEnd) {
    let { baseline } = state;
    for (const calm of last(episode.tail, episode.calm)) baseline = extend(baseline, calm, { ...band, level }, options);
    return end(state, episode, sample, baseline);
  }
  const steady = steadyBelow(episode, level, options);
  if (steady !== undefined) return end(state, episode, sample, reanchor(state.baseline, steady));
  if (episode.length >= options.adoptAfter) {
    const former = { baseline: state.baseline, left: options.remember };
    return end({ ...state, former }, episode, sample, reanchor(state.baseline, episode.tail), true);
  }
  const high: HighState = { ...state, episode };
  if (!episode.reported || state.episode.reported) return { state: high };
  return { state: high, event: started(high, sample, highestBefore) };
}

function end(state: HighState, episode: Episode, sample: Sample, baseline: Baseline, adopted = false): Detection {
  const { episode: _, ...memory } = state;
  const { began, peak } = episode;
  const length = episode.length - episode.calm;
  const begun = state.bursts.at(-1);
  const bursts = begun === undefined ? [] : [...state.bursts.slice(0, -1), { ...begun, peak, length }];
  const calm: CalmState = { ...memory, phase: 'calm', calmFor: 0, bursts, baseline };
  return episode.reported ? { state: calm, event: { kind: 'ended', began, sample, peak, adopted } } : { state: calm };
}

function started(state: HighState, sample: Sample, highestBefore: number): Required<Detection>['event'] {
  return { kind: 'started', sample, band: state.episode.band, before: state.baseline.window, highestBefore };
}

/** Returns the level below a spike: the trend continues, ever weaker. */
function expected({ band, length }: Episode): number {
  return band.level + (band.slope * damping * (1 - damping ** length)) / (1 - damping);
}

/** Returns the last samples if the spike fell sharply to a new, steady level: the day continued below it. */
function steadyBelow(episode: Episode, level: number, options: DetectorOptions): readonly Sample[] | undefined {
  const now = last(episode.tail, options.steadyToEnd);
  const before = last(episode.tail.slice(0, -options.steadyToEnd), plateauSamples).map((sample) => sample.value);
  if (before.length === 0) return undefined;
  const values = now.map((sample) => sample.value);
  const top = highest(values);
  const fell = top < (level + median(before)) / 2;
  return fell && top - lowest(values) < episode.band.reach / 2 ? now : undefined;
}

/** Returns the baseline of a level that was left recently, if the sample is back on it. */
function returnTo(former: FormerLevel | undefined, sample: Sample, options: DetectorOptions): Baseline | undefined {
  if (former === undefined) return undefined;
  const band = bandOf(former.baseline, options);
  return Math.abs(sample.value - band.level) <= band.reach ? reanchor(former.baseline, [sample]) : undefined;
}

function aged(former: FormerLevel | undefined): FormerLevel | undefined {
  return former === undefined || former.left <= 1 ? undefined : { ...former, left: former.left - 1 };
}
