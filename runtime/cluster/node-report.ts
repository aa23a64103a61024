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
/** Of each instance's progress: its agent chooses the text. */
const mostChars = 120;
/** Of all instances, as JSON: fits a server whose `max_payload` is 64 KiB, with the counts beside it. */
const mostBytes = 48 * 1024;

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

/** As many instances as fit an answer; `instances_total` says how many there are. */
function shortened(report: NodeReport): NodeReport {
  const instances: InstanceReport[] = [];
  let bytes = 0;
  for (const instance of report.instances) {
    const cut = { ...instance, progress: instance.progress.slice(0, mostChars) };
    bytes += Buffer.byteLength(JSON.stringify(cut)) + 1;
    if (bytes > mostBytes) break;
    instances.push(cut);
  }
  return { ...report, instances };
}
