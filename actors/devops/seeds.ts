/** `npm run demo:seeds`: tests whether coordination causes the advantage, over many seeds, also without parts of the mesh. */
import { Command, InvalidArgumentError } from 'commander';
import { runProgram } from '../../runtime/cli/run-program.ts';
import { checkDataFolder, defaultMesh } from '../../runtime/cli/settings.ts';
import { typed } from '../../runtime/cli/usage-error.ts';
import { checkMesh } from '../../runtime/core/ids.ts';
import { defaultDataDir } from '../../runtime/node/data-folder.ts';
import { compareSeeds, type SeedsReport } from './compare-seeds.ts';
import { mostFlipsWithin } from './flips.ts';

interface SeedsOptions {
  readonly seeds: number;
  readonly ticks: number;
  readonly ablations: number;
  readonly json?: boolean;
  readonly mesh: string;
  readonly data: string;
}

const program = new Command('npm run demo:seeds --')
  .description(
    'The DevOps mesh beside the same agents acting alone, over many seeds; without planner replies, and without grants.',
  )
  .option('--seeds <n>', 'from 1 on', whole, 100)
  .option('--ticks <n>', 'of five minutes each', whole, 200)
  .option('--ablations <n>', 'of the seeds, also without parts', whole, 10)
  .option('--json', 'one JSON object, nothing else')
  .option('--mesh <name>', 'the mesh', process.env.PARLEY_MESH || defaultMesh)
  .option('--data <folder>', 'what embedded servers store', process.env.PARLEY_DATA || defaultDataDir)
  .showHelpAfterError('(add --help for what there is)')
  .action(run);

await runProgram(program);

async function run(options: SeedsOptions): Promise<void> {
  typed(() => checkMesh(options.mesh));
  typed(() => checkDataFolder(options.data));
  const print = options.json === true ? () => undefined : (line: string) => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort(new Error('stopped by a signal')));
  const report = await compareSeeds(options, print, stopping.signal);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else for (const line of linesOf(report)) print(line);
  if (!report.holds) process.exitCode = 1;
}

function linesOf({
  seeds,
  won,
  median,
  advantage,
  ablations,
  flips_within_cool_down: within,
}: SeedsReport): readonly string[] {
  const percent = (lost: number): string => `${Math.round(100 * lost)} % of the advantage in flips is lost`;
  return [
    '',
    `fewer flips, less money, no more SLA violations than agents acting alone: ${won} of ${seeds} seeds`,
    `median flips: alone ${median.uncoordinated}, autoscaler ${median.autoscaler}, mesh ${median.mesh} (${advantage} fewer than alone)`,
    `most flips of one service within its cool-down: ${within} (at most ${mostFlipsWithin})`,
    ...ablations.map(
      ({ without, advantage: left, lost }) => `without ${without}: ${left} fewer than alone, ${percent(lost)}`,
    ),
  ];
}

function whole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 100000.');
}
