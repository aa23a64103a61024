import type { Sample } from '../metrics/sample.ts';
import { type Band, type Baseline, bandOf, emptyBaseline, extend, last, type Placed } from './baseline.ts';
import type { DetectorOptions } from './detector-options.ts';

import { median } from './robust.ts';
const K = Number(process.env.PLATEAU ?? 2);
interface Calm { readonly phase: 'calm'; readonly n: number; readonly baseline: Baseline; readonly former: Former | undefined; readonly since: number; }
interface High { readonly phase: 'high'; readonly n: number; readonly baseline: Baseline; readonly former: Former | undefined; readonly episode: Episode; }
interface Former { readonly baseline: Baseline; readonly left: number }
interface Episode { readonly band: Band; readonly started: Sample; readonly peak: number; readonly samples: number; readonly n: number; readonly tail: readonly Placed[]; readonly calm: readonly Placed[]; }
export type DetectorState = Calm | High;
export type DetectorEvent = { readonly kind: 'started'; readonly sample: Sample; readonly band: Band } | { readonly kind: 'ended'; readonly sample: Sample; readonly adopted: boolean; readonly peak: number; samples: number };

export const initialState: DetectorState = { phase: 'calm', n: 0, baseline: emptyBaseline, former: undefined, since: 0 };

export function step(state: DetectorState, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  return state.phase === 'calm' ? calm(state, sample, o) : high(state, sample, o);
}
const tick = (f: Former | undefined): Former | undefined => (f === undefined || f.left <= 1 ? undefined : { ...f, left: f.left - 1 });

function calm(state: Calm, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  const { baseline } = state; const n = state.n + 1;
  const band = bandOf(baseline, n, o);
  const former = tick(state.former);
  const away = sample.value - band.level;
  if (baseline.ripples.length < o.warmUp || Math.abs(away) <= band.reach) {
    return { state: { phase: 'calm', n, baseline: extend(baseline, n, sample, band, o), former, since: state.since + 1 } };
  }
  if (former !== undefined) {
    const old = bandOf(former.baseline, n, o);
    if (Math.abs(sample.value - old.level) <= old.reach)
      return { state: { phase: 'calm', n, baseline: extend({ ...former.baseline, window: [] }, n, sample, old, o), former: undefined, since: state.since + 1 } };
  }
  if (away > 0) {
    return {
      state: { phase: 'high', n, baseline, former, episode: { n, band, started: sample, peak: sample.value, samples: 1, tail: [{ n, sample }], calm: [] } },
      event: { kind: 'started', sample, band },
    };
  }
  const left = former ?? (state.since >= o.window ? { baseline, left: o.remember } : undefined);
  return { state: { phase: 'calm', n, baseline: extend(baseline, n, sample, band, o), former: left, since: state.since + 1 } };
}

function high(state: High, sample: Sample, o: DetectorOptions): { state: DetectorState; event?: DetectorEvent } {
  const e = state.episode; const n = state.n + 1; const k = n - e.n;
  const damp = 0.9; const band = { ...e.band, level: e.band.level + e.band.slope * damp * (1 - damp ** k) / (1 - damp) };
  const former = tick(state.former);
  const isCalm = sample.value <= band.level + band.reach / 2;
  const calmRun = isCalm ? [...e.calm, { n, sample }] : [];
  const samples = e.samples + 1;
  const peak = Math.max(e.peak, sample.value);
  if (calmRun.length >= o.calmToEnd) {
    let baseline = state.baseline;
    for (const s of calmRun) baseline = extend(baseline, s.n, s.sample, band, o);
    return { state: { phase: 'calm', n, baseline, former, since: 0 }, event: { kind: 'ended', sample, adopted: false, peak, samples } };
  }
  const fell = last([...e.tail, { n, sample }], 9).map((p) => p.sample.value);
  const now = fell.slice(-K), before = fell.slice(0, -K);
  if (process.env.PLATEAU && before.length >= 1) {
    const mid = (band.level + median(before)) / 2;
    if (Math.max(...now) < mid && Math.max(...now) - Math.min(...now) < band.reach / 2) {
      let baseline: Baseline = { ...state.baseline, window: [] };
      for (const p of last([...e.tail, { n, sample }], K)) baseline = extend(baseline, p.n, p.sample, band, o);
      return { state: { phase: 'calm', n, baseline, former, since: 0 }, event: { kind: 'ended', sample, adopted: false, peak, samples } };
    }
  }
  const tail = last([...e.tail, { n, sample }], o.window);
  if (samples >= o.adoptAfter) {
    return {
      state: { phase: 'calm', n, baseline: { ...state.baseline, window: tail }, former: { baseline: state.baseline, left: o.remember }, since: 0 },
      event: { kind: 'ended', sample, adopted: true, peak, samples },
    };
  }
  return { state: { phase: 'high', n, baseline: state.baseline, former, episode: { ...e, peak, samples, tail, calm: calmRun } } };
}
