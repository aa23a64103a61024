/** What agents decide about a service, and what the planner tells them of its future. */

export interface ScaleDecision {
  readonly action: 'scale';
  readonly instances: number;
  readonly why: string;
}

export interface ReserveDecision {
  readonly action: 'reserve';
  readonly instances: number;
  /** Changes of direction that it answers. */
  readonly flips: number;
  readonly why: string;
}

export interface Forecast {
  /** Highest and lowest load expected within the horizon, requests per second. */
  readonly peak: number;
  readonly low: number;
  /** For how many ticks it is made. */
  readonly horizonTicks: number;
  /** What is seen now is taken to be over before an instance that is started now would serve: it is not part of `peak`. */
  readonly passing: boolean;
  /** 0 to 1: how well the last readings would have been foreseen so. */
  readonly confidence: number;
}
