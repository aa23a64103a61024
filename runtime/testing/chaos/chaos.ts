/** The command for one run under chaos (`npm run chaos:single -- --seed 1 --minutes 1`). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runProgram } from '../../cli/run-program.ts';
import { compileChaos, type GivenChaos } from './chaos-options.ts';
import { describeViolations, reportLine } from './chaos-report.ts';
import { runChaos } from './chaos-run.ts';
import { endOnSignals } from './end-with-run.ts';

const program = new Command('chaos')
  .description(
    'a mesh of real processes on real servers, with faults from a seed; ends with 1 when a promise was broken',
  )
  .option('--seed <n>', 'of the faults and the load: the same seed gives the same schedule (1)')
  .option('--minutes <m>', 'of load and faults; a few more until everything has come to rest (1)')
  .option('--nodes <n>', 'of the pool: those that serve, and those that stand by (2)')
  .option('--servers <n>', '1, or 3 as a cluster with three replicas (1)')
  .option('--rate <n>', 'intents a second from outside (40)')
  .option('--faults <names>', 'only these, separated by commas')
  .option('--broken <name>', 'break a promise of the runtime on purpose: the run must end with 1')
  .option('--app <module>', 'serve this app instead of the built-in one')
  .option('--keep', 'keep logs and the history')
  .option('--json', 'print nothing but the last line')
  .action(async ({ json, ...given }: GivenChaos & { readonly json?: boolean }) => {
    const options = compileChaos(given);
    endOnSignals();
    const folder = await mkdtemp(join(tmpdir(), 'parley-chaos-'));
    const say = (line: string): void => void (json !== true && process.stderr.write(`${line}\n`));
    const result = await runChaos(options, { folder, say });
    const isKept = options.keep || result.violations.length > 0;
    if (!isKept) await rm(folder, { recursive: true, force: true });
    for (const line of describeViolations(result.violations)) say(line);
    if (isKept) say(`history and logs are in ${folder}`);
    process.stdout.write(`${reportLine(options, result)}\n`);
    if (result.violations.length > 0) process.exitCode = 1;
  });

await runProgram(program);
