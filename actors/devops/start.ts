/** `npm start`: runs one simulated cloud three times: agents that act alone, an autoscaler, the agents as a mesh. */
import { Command, InvalidArgumentError } from 'commander';
import { runProgram } from '../../runtime/cli/run-program.ts';
import { checkDataFolder, defaultMesh } from '../../runtime/cli/settings.ts';
import { stopSignals } from '../../runtime/cli/stop-signals.ts';
import { typed } from '../../runtime/cli/usage-error.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { checkMesh } from '../../runtime/core/ids.ts';
import { defaultDataDir } from '../../runtime/node/data-folder.ts';
import { ablations, ablationsOf } from './ablation.ts';
import { approvals, approverFor, usualApproval } from './approvers.ts';
import { type CompareOptions, compare } from './compare.ts';

interface StartOptions {
  readonly seed: number;
  readonly ticks?: number;
  readonly metrics?: string;
  readonly holdGaps?: boolean;
  readonly without: readonly string[];
  readonly approve: string;
  readonly json?: boolean;
  readonly mesh: string;
  readonly data: string;
}

const mostTicks = 100_000;
/** The time to close everything after a signal; parts that are still open end with the process. */
const closeMs = 2_000;

const program = new Command('npm start --')
  .description('The DevOps mesh on a simulated cloud, beside the same agents acting alone and a plain autoscaler.')
  .option('--seed <n>', 'of the generated load', whole(0, 0xffff_ffff), 1)
  .option('--ticks <n>', 'of five minutes each; 500 of a generated load, all of a recorded one', whole(1, mostTicks))
  .option('--metrics <file>', 'a CSV file "timestamp,value": its values are the load, scaled to the cloud')
  .option('--hold-gaps', 'repeat the value before where that file misses samples; without it such a file is refused')
  .option('--without <part...>', `run the mesh without a part: ${ablations.join(', ')}`, [])
  .option(
    '--approve <how>',
    `who approves what policy wants approved: ${approvals.join(', ')}`,
    usualApproval(process.stdin, process.stdout),
  )
  .option('--json', 'one JSON object, nothing else')
  .option('--mesh <name>', 'the mesh', process.env.PARLEY_MESH || defaultMesh)
  .option('--data <folder>', 'what embedded servers store', process.env.PARLEY_DATA || defaultDataDir)
  .showHelpAfterError('(add --help for what there is)')
  .action(start);

await runProgram(program);

async function start({ without, ...options }: StartOptions): Promise<void> {
  typed(() => checkMesh(options.mesh));
  typed(() => checkDataFolder(options.data));
  typed(() => approverFor(options.approve, () => undefined));
  const ablated = typed(() => ablationsOf(without));
  const stopping = new AbortController();
  using signals = stopSignals(() => process.exit(1));
  void signals.asked.then(() => {
    stopping.abort(new Error('stopped by a signal'));
    systemClock.after(closeMs, () => process.exit(1));
  });
  const given: CompareOptions = { ...options, without: ablated, json: options.json === true };
  await compare(given, stopping.signal);
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
