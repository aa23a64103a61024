/** The report of a node: a question is one word, the answer is JSON. */
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
  /** Current or last progress text. */
  readonly progress: string;
}

/** A paused lane: its sender's intents made the agent fail too often. It stays paused until the agent is resumed. */
export interface PausedLaneReport {
  readonly agent: string;
  readonly sender: string;
}

export interface NodeReport {
  readonly v: 1;
  readonly node: string;
  /** Absent in reports of releases that send no heartbeats. */
  readonly state?: 'starting' | 'serving' | 'standby' | 'draining';
  /** Number of partitions that it serves in its pool. */
  readonly partitions?: number;
  /** Numbers by name, as in `node.counts`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Agents with state in its memory, as many as fit into an answer. */
  readonly instances: readonly InstanceReport[];
  /** Total number of these agents. */
  readonly instances_total: number;
  /** The first paused lanes; `counts.pausedLanes` is their number. Absent in reports of releases that do not pause lanes. */
  readonly paused_lanes?: readonly PausedLaneReport[];
}

/** The question for a `NodeReport`. */
export const reportQuestion = 'report';
/** The question that resumes the agent whose id follows; the answer, `true` or `false`, tells whether it was paused. */
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
