/** What a node says of itself when it is asked: the questions are words, the report is JSON. */
import {
  isCount,
  isNumber,
  isText,
  listOf,
  objectWith,
  orAbsent,
  type RecordShape,
  recordOf,
} from './stored-record.ts';

export interface InstanceReport {
  readonly id: string;
  readonly status: 'idle' | 'busy' | 'restarting' | 'paused';
  /** What it does or did last. */
  readonly progress: string;
}

/** A lane that is held, because its agent failed too often over what its sender sent: until the agent is resumed. */
export interface PausedLaneReport {
  readonly agent: string;
  readonly sender: string;
}

export interface NodeReport {
  readonly v: 1;
  readonly node: string;
  /** Reported since heartbeats are sent. */
  readonly state?: 'starting' | 'serving' | 'standby' | 'draining';
  /** Partitions of its pool that it serves. */
  readonly partitions?: number;
  /** Numbers by name, as in `node.counts`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Agents with something in its memory, at most so many as fit an answer. */
  readonly instances: readonly InstanceReport[];
  /** How many there are. */
  readonly instances_total: number;
  /** The first of them; `counts.pausedLanes` says how many there are. Reported since lanes are paused. */
  readonly paused_lanes?: readonly PausedLaneReport[];
}

/** Answered with a `NodeReport`. */
export const reportQuestion = 'report';
/** Answered with `true` or `false`: whether the agent whose id follows was paused. */
export const resumeQuestion = 'resume ';

const isPausedLane = objectWith({ agent: isText, sender: isText });
const isInstance = objectWith({ id: isText, status: isText, progress: isText });

export const reportShape: RecordShape<NodeReport> = {
  what: 'report of a node',
  fields: {
    node: isText,
    state: orAbsent(isText),
    partitions: orAbsent(isCount),
    counts: recordOf(isNumber),
    instances: listOf(isInstance),
    instances_total: isCount,
    paused_lanes: orAbsent(listOf(isPausedLane)),
  },
};
