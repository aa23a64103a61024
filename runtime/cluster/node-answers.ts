/** Answers of a node about itself: core NATS, a question of one word, an answer in JSON. */
import { type InstanceReport, type NodeReport, reportQuestion, resumeQuestion } from '../core/node-report.ts';
import { nodeSubject } from '../core/subjects.ts';
import type { Signals } from '../transport/index.ts';

export interface NodeAnswers {
  report(): NodeReport;
  resume(agent: string): boolean;
}

/** Limit for an instance's progress text, which its agent chooses. */
const mostChars = 120;
/** Ids have up to 193 characters. */
const mostLanes = 20;
/** Limit for all instances as JSON: fits, with the counts, into a `max_payload` of 64 KiB. */
const mostBytes = 40 * 1024;

/** Answers until the returned function is called. */
export function answerAsNode(signals: Signals, mesh: string, node: string, answers: NodeAnswers): () => void {
  return signals.listen(nodeSubject(mesh, node), (question, answer) => {
    if (question === reportQuestion) return answer(JSON.stringify(shortened(answers.report())));
    if (question.startsWith(resumeQuestion))
      return answer(String(answers.resume(question.slice(resumeQuestion.length))));
    answer('alive');
  });
}

export async function isNodeAlive(signals: Signals, mesh: string, node: string, timeoutMs: number): Promise<boolean> {
  return (await signals.ask(nodeSubject(mesh, node), 'alive?', timeoutMs)) !== undefined;
}

/** Keeps as many instances as fit into an answer; `instances_total` is their full number. */
function shortened(report: NodeReport): NodeReport {
  const instances: InstanceReport[] = [];
  let bytes = 0;
  for (const instance of report.instances) {
    const cut = { ...instance, progress: instance.progress.slice(0, mostChars) };
    bytes += Buffer.byteLength(JSON.stringify(cut)) + 1;
    if (bytes > mostBytes) break;
    instances.push(cut);
  }
  return { ...report, instances, paused_lanes: report.paused_lanes?.slice(0, mostLanes) ?? [] };
}
