/** The decisions of agents about a service, with the planner's forecast. */

export interface ScaleDecision {
  readonly action: 'scale';
  readonly instances: number;
  readonly why: string;
}

export interface ReserveDecision {
  readonly action: 'reserve';
  readonly instances: number;
  /** The changes of direction that it answers. */
  readonly flips: number;
  readonly why: string;
}

export interface Forecast {
  /** The highest expected load within the horizon, requests per second. */
  readonly peak: number;
  readonly low: number;
  /** The number of ticks that it covers. */
  readonly horizonTicks: number;
  /** True when the present surge should end before a new instance could serve: it is then not part of `peak`. */
  readonly passing: boolean;
  /** From 0 to 1: how well this method would have predicted the last readings. */
  readonly confidence: number;
}
