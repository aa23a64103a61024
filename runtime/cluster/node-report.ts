/** What a node says of itself when it is asked: core NATS, a question of one word, an answer in JSON. */
import { nodeSubject } from '../core/subjects.ts';
import type { Signals } from '../transport/index.ts';

export interface InstanceReport {
  readonly id: string;
  readonly status: 'idle' | 'busy' | 'restarting' | 'paused';
  /** What it does or did last. */
  readonly progress: string;
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
}

export interface NodeAnswers {
  report(): NodeReport;
  resume(agent: string): boolean;
}

const resumeWord = 'resume ';
/** A thousand of the longest ids are a quarter of a server's `max_payload`. */
const mostInstances = 1_000;

/** Answers until the returned function is called. */
export function answerAsNode(signals: Signals, mesh: string, node: string, answers: NodeAnswers): () => void {
  return signals.listen(nodeSubject(mesh, node), (question, answer) => {
    if (question === 'report') return answer(JSON.stringify(shortened(answers.report())));
    if (question.startsWith(resumeWord)) return answer(String(answers.resume(question.slice(resumeWord.length))));
    answer('alive');
  });
}

/** `undefined` when it does not answer in time. */
export async function askForReport(
  signals: Signals,
  mesh: string,
  node: string,
  timeoutMs: number,
): Promise<NodeReport | undefined> {
  const answer = await signals.ask(nodeSubject(mesh, node), 'report', timeoutMs);
  return answer === undefined ? undefined : (JSON.parse(answer) as NodeReport);
}

/** @returns whether the node knew the agent and it was paused */
export async function askToResume(
  signals: Signals,
  mesh: string,
  node: string,
  agent: string,
  timeoutMs: number,
): Promise<boolean> {
  return (await signals.ask(nodeSubject(mesh, node), `${resumeWord}${agent}`, timeoutMs)) === 'true';
}

export async function isNodeAlive(signals: Signals, mesh: string, node: string, timeoutMs: number): Promise<boolean> {
  return (await signals.ask(nodeSubject(mesh, node), 'alive?', timeoutMs)) !== undefined;
}

const shortened = (report: NodeReport): NodeReport => ({
  ...report,
  instances: report.instances.slice(0, mostInstances),
});
