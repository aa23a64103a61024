/** Runs the same cloud three times, then prints the runs side by side, with one decision of the mesh explained. */
import { sleep, systemClock } from '../../runtime/core/clock.ts';
import { generatedWorkload, replayedWorkload, type Workload } from '../cloud/load.ts';
import { readMetricsFile } from '../metrics/metrics-file.ts';
import { refuseGaps } from '../metrics/refuse-gaps.ts';
import { autoscalerScenario } from '../scenarios/autoscaler.ts';
import { uncoordinatedScenario } from '../scenarios/uncoordinated.ts';
import { type Ablation, without as missing } from './ablation.ts';
import { approverFor } from './approvers.ts';
import { explain, mostTelling } from './explain.ts';
import { type MeshOutcome, runMesh } from './mesh-run.ts';
import { type OpenParts, openParts } from './parts.ts';
import { type Output, Progress } from './progress.ts';
import { comparison, type RunResult } from './totals.ts';

export interface CompareOptions {
  readonly seed: number;
  readonly ticks?: number;
  readonly metrics?: string;
  /** Repeats the value before where samples are missing, instead of refusing the series. */
  readonly holdGaps?: boolean;
  readonly without: ReadonlySet<Ablation>;
  readonly approve: string;
  readonly json: boolean;
  readonly mesh: string;
  readonly data: string;
}

const usualTicks = 500;
/** The number of traces to search for the one to explain. */
const explainable = 500;

/** Runs the comparison. @throws MetricsFileError, InvalidOptionError; errors of opening the parts */
export async function compare(options: CompareOptions, signal: AbortSignal): Promise<RunResult> {
  const { json, seed } = options;
  const output: Output = json ? { write: () => true } : process.stdout;
  const print = (line: string): void => void output.write(`${line}\n`);
  const workload = await workloadOf(options);
  const approver = approverFor(options.approve, print);
  await using parts = await openParts({ mesh: options.mesh, data: options.data, approver, say: print, signal });
  for (const line of parts.describe) print(line);
  for (const part of options.without) print(`without ${part}: ${missing[part]}`);
  print(`\n${workload.name}, ${workload.ticks} ticks of five minutes`);
  const progress = new Progress(output, workload.ticks);
  // the two scenarios without a mesh run synchronously: a signal is handled before each
  await sleep(systemClock, 0, signal);
  const uncoordinated = uncoordinatedScenario(workload, progress.of('acting alone')).totals;
  progress.done();
  await sleep(systemClock, 0, signal);
  const autoscaler = autoscalerScenario(workload, progress.of('autoscaler')).totals;
  progress.done();
  const mesh = await runMesh({
    parts,
    workload,
    without: options.without,
    run: parts.run,
    constraints: parts.constraints,
    signal,
    ticked: progress.of('mesh'),
  });
  progress.done();
  const result = { seed: options.metrics === undefined ? seed : null, uncoordinated, autoscaler, mesh: mesh.totals };
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else await tell(result, mesh, parts, print);
  return result;
}

async function tell(
  result: RunResult,
  mesh: MeshOutcome,
  parts: OpenParts,
  print: (line: string) => void,
): Promise<void> {
  const { intents, denied, approvals } = result.mesh;
  print('');
  for (const line of comparison(result)) print(line);
  print(
    `\nin the mesh: ${intents} intents, ${mesh.tally.done.length} acts, ${denied} denied, ${approvals} approved, ${mesh.tally.refusals} proposals not granted`,
  );
  for (const line of mesh.tally.approvals) print(`  ${line}`);
  // the store also has the traces of other runs
  const done = mesh.tally.done.slice(-explainable).map(({ traceId }) => parts.traces.read(traceId));
  const telling = mostTelling((await Promise.all(done)).filter((trace) => trace !== undefined));
  if (telling === undefined) return print('\nnothing was done, so there is no decision to explain');
  print('\none decision, from its reasoning trace:');
  for (const line of explain(telling)) print(`  ${line}`);
}

async function workloadOf({ metrics, holdGaps, seed, ticks }: CompareOptions): Promise<Workload> {
  if (metrics === undefined) return generatedWorkload(seed, ticks ?? usualTicks);
  const series = await readMetricsFile(metrics);
  if (holdGaps !== true) refuseGaps(series);
  return replayedWorkload(series, ticks ?? Number.POSITIVE_INFINITY);
}
