import type { Sample } from '../metrics/sample.ts';
import { type Band, type Baseline, bandOf, emptyBaseline, extend, last } from './baseline.ts';
import type { DetectorOptions } from './detector-options.ts';

interface Calm { readonly phase: 'calm'; readonly baseline: Baseline; readonly former: Former | undefined; readonly since: number; }
interface High { readonly phase: 'high'; readonly baseline: Baseline; readonly former: Former | undefined; readonly episode: Episode; }
interface Former { readonly baseline: Baseline; readonly left: number }
interface Episode { readonly band: Band; readonly started: Sample; readonly peak: number; readonly samples: number; readonly tail: readonly Sample[]; readonly calm: readonly Sample[]; }
export type DetectorState = Calm | High;
export type DetectorEvent = { readonly kind: 'started'; readonly sample: Sample; readonly band: Band } | { readonly kind: 'ended'; readonly sample: Sample; readonly adopted: boolean; readonly peak: number; samples: number };

export const initialState: DetectorState = { phase: 'calm', baseline: emptyBaseline, former: undefined, since: 0 };

export function step(state: DetectorState, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  return state.phase === 'calm' ? calm(state, sample, o) : high(state, sample, o);
}
const tick = (f: Former | undefined): Former | undefined => (f === undefined || f.left <= 1 ? undefined : { ...f, left: f.left - 1 });

function calm(state: Calm, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  const { baseline } = state;
  const band = bandOf(baseline, o);
  const former = tick(state.former);
  const away = sample.value - band.level;
  if (baseline.window.length < o.warmUp || Math.abs(away) <= band.reach) {
    return { state: { phase: 'calm', baseline: extend(baseline, sample, band, o), former, since: state.since + 1 } };
  }
  if (former !== undefined) {
    const old = bandOf(former.baseline, o);
    if (Math.abs(sample.value - old.level) <= old.reach)
      return { state: { phase: 'calm', baseline: extend(former.baseline, sample, old, o), former: undefined, since: state.since + 1 } };
  }
  if (away > 0) {
    return {
      state: { phase: 'high', baseline, former, episode: { band, started: sample, peak: sample.value, samples: 1, tail: [sample], calm: [] } },
      event: { kind: 'started', sample, band },
    };
  }
  const left = former ?? (state.since >= o.window ? { baseline, left: o.remember } : undefined);
  return { state: { phase: 'calm', baseline: extend(baseline, sample, band, o), former: left, since: state.since + 1 } };
}

function high(state: High, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  const e = state.episode;
  const { band } = e;
  const former = tick(state.former);
  const isCalm = sample.value <= band.level + band.reach / 2;
  const calmRun = isCalm ? [...e.calm, sample] : [];
  const samples = e.samples + 1;
  const peak = Math.max(e.peak, sample.value);
  if (calmRun.length >= o.calmToEnd) {
    let baseline = state.baseline;
    for (const s of calmRun) baseline = extend(baseline, s, band, o);
    return { state: { phase: 'calm', baseline, former, since: 0 }, event: { kind: 'ended', sample, adopted: false, peak, samples } };
  }
  const tail = last([...e.tail, sample], o.window);
  if (samples >= o.adoptAfter) {
    return {
      state: { phase: 'calm', baseline: { ...state.baseline, window: tail }, former: { baseline: state.baseline, left: o.remember }, since: 0 },
      event: { kind: 'ended', sample, adopted: true, peak, samples },
    };
  }
  return { state: { phase: 'high', baseline: state.baseline, former, episode: { ...e, peak, samples, tail, calm: calmRun } } };
}
