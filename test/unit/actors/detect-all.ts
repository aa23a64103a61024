/** The detector over a whole series, in one call. */
import { detect } from '../../../actors/cost_monitor/detector.ts';
import { type DetectorOptions, detectorOptions } from '../../../actors/cost_monitor/detector-options.ts';
import {
  type DetectorState,
  initialDetectorState,
  type SpikeEnded,
  type SpikeStarted,
} from '../../../actors/cost_monitor/detector-state.ts';
import type { Sample } from '../../../actors/metrics/sample.ts';

export interface Found {
  readonly started: readonly SpikeStarted[];
  readonly ended: readonly SpikeEnded[];
  readonly state: DetectorState;
}

export function detectAll(samples: readonly Sample[], given: Partial<DetectorOptions> = {}): Found {
  const options = detectorOptions(given);
  const started: SpikeStarted[] = [];
  const ended: SpikeEnded[] = [];
  let state = initialDetectorState;
  for (const sample of samples) {
    const detection = detect(state, sample, options);
    state = detection.state;
    if (detection.event?.kind === 'started') started.push(detection.event);
    if (detection.event?.kind === 'ended') ended.push(detection.event);
  }
  return { started, ended, state };
}

export const spikesIn = (samples: readonly Sample[]): number => detectAll(samples).started.length;
