/** Tracks the spending of each service to find anomalies. */
import type { ServiceReading } from '../cloud/cloud.ts';
import { DenialBackoff } from '../cloud/denial-backoff.ts';
import { Views } from '../cloud/view.ts';
import { detect } from './detector.ts';
import { detectorOptions } from './detector-options.ts';
import { type DetectorState, initialDetectorState } from './detector-state.ts';
import { type Spike, spikeOf } from './spike.ts';

/** From this share of the busiest sources the load counts as concentrated; below the other it counts as customers again. */
const concentratedFrom = 0.35;
const spreadAgainBelow = 0.2;

/** An anomaly of a reading. */
export type Anomaly =
  | { readonly kind: 'spike'; readonly spike: Spike }
  | { readonly kind: 'concentrated'; readonly share: number }
  | { readonly kind: 'spread_again' };

const options = detectorOptions({});

export class Spending {
  readonly views: Views = new Views();
  readonly patience: DenialBackoff = new DenialBackoff();
  readonly #detectors = new Map<string, DetectorState>();

  /** Adds a reading. @returns its anomaly, if there is one */
  add(reading: ServiceReading): Anomaly | undefined {
    this.views.add(reading);
    const spike = this.#spike(reading);
    const { limited, sourceConcentration: share } = reading;
    if (!limited && share >= concentratedFrom) return { kind: 'concentrated', share };
    if (limited && share < spreadAgainBelow) return { kind: 'spread_again' };
    return spike === undefined ? undefined : { kind: 'spike', spike };
  }

  #spike({ service, at, load }: ServiceReading): Spike | undefined {
    const { state, event } = detect(this.#detectors.get(service) ?? initialDetectorState, { at, value: load }, options);
    this.#detectors.set(service, state);
    return event?.kind === 'started' ? spikeOf(event) : undefined;
  }
}
