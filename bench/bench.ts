/** `npm run bench -- <command>`: measures the cost and the promises of Parley, in comparison with plain `nats`. */
import { Command, CommanderError } from 'commander';
import { reasonOf } from '../runtime/core/errors.ts';
import { activation } from './commands/activation.ts';
import { deep } from './commands/deep.ts';
import { flood } from './commands/flood.ts';
import { idle } from './commands/idle.ts';
import { latency } from './commands/latency.ts';
import { comparePartitions } from './commands/partitions.ts';
import { policy } from './commands/policy.ts';
import { soak } from './commands/soak.ts';
import { throughput } from './commands/throughput.ts';
import { numbers, whole } from './options.ts';
import { comparedAt, manyMailboxes } from './report/bounds.ts';
import { printReport, type Report } from './report/report.ts';

const boundMissed = 1;
const badUsage = 2;

/** Runs a bench, prints its result, ends with an error when a bound is missed. */
function conclude<O>(run: (options: O) => Promise<Report>) {
  return async (options: O & { readonly json: boolean }): Promise<void> => {
    if (!printReport(await run(options), options.json)) process.exitCode = boundMissed;
  };
}

const program = new Command('bench')
  .description('Measures Parley beside nats without it. Every bound is checked: PASS, or FAIL and exit code 1.')
  .exitOverride();

const single = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--json', 'one JSON line for each figure; verdicts go to standard error', false)
    .exitOverride();

const command = (name: string, description: string): Command =>
  single(name, description).option('--rounds <n>', 'rounds of each, in turn', whole(1, 1_000), 5);

command('throughput', 'intents per second of control, raw and Parley, with CPU')
  .option('--mailboxes <list>', 'numbers of mailboxes', numbers(1, 900_000), [10, 1_000, 10_000, 100_000])
  .option('--intents <n>', 'intents a round; at least one for each mailbox', whole(1, 100_000_000), 30_000)
  .option('--partitions <n>', "the pool's partitions; without it the default", whole(1, 1_024))
  .option('--against <dir>', 'another checkout of Parley with its build, measured in the same rounds')
  .action(conclude(throughput));

command('latency', 'send to handler at a fixed rate, of control, raw and Parley')
  .option('--rate <n>', 'intents per second, sent by the clock', whole(1, 100_000), 1_000)
  .option('--seconds <n>', 'length of a round', whole(1, 3_600), 5)
  .option('--mailboxes <n>', 'mailboxes, in turn', whole(1, 900_000), 1_000)
  .action(conclude(latency));

command('flood', 'what two agents notice while a third is flooded')
  .option('--intents <n>', 'intents of a flood, refused ones included', whole(1, 10_000_000), 50_000)
  .option('--seconds <n>', 'over which they are sent', whole(1, 3_600), 5)
  .option('--rate <n>', 'intents per second between the two agents', whole(1, 100_000), 200)
  .option('--slow-ms <n>', 'what the flooded agent takes for an intent', whole(1, 10_000), 5)
  .action(conclude(flood));

command('idle', 'memory of many addressed, idle mailboxes above that of few')
  .option('--mailboxes <n>', 'the many', whole(100, 900_000), manyMailboxes)
  .action(conclude(idle));

command('deep', 'memory of a node that holds a deep queue, and what other mailboxes notice')
  .option('--intents <n>', 'queued intents', whole(1_000, 1_900_000), 1_000_000)
  .option('--lanes <n>', 'lanes they are in', whole(4, 1_000_000), 4_000)
  .option('--seconds <n>', 'length of a round of the others', whole(1, 3_600), 5)
  .option('--rate <n>', 'intents per second to the others', whole(1, 100_000), 400)
  .action(conclude(deep));

command('partitions', 'throughput of pools with different numbers of partitions')
  .option('--partitions <list>', 'numbers of partitions', numbers(1, 1_024), [1, 4, 8, 16, 32])
  .option('--mailboxes <n>', 'mailboxes', whole(1, 900_000), comparedAt)
  .option('--intents <n>', 'intents a round', whole(1, 100_000_000), 30_000)
  .action(conclude(comparePartitions));

command('activation', 'send to handler of agents that must be activated, and what passivation gives back')
  .option('--agents <n>', 'agents that are addressed', whole(1_000, 900_000), 100_000)
  .option('--active <n>', 'of these, kept in memory', whole(100, 100_000), 1_000)
  .option('--rate <n>', 'intents per second, every other one to an agent in memory', whole(100, 100_000), 1_000)
  .option('--seconds <n>', 'length of a round', whole(1, 3_600), 5)
  .option('--idle <n>', 'seconds after which all of them are passivated at the end', whole(5, 3_600), 15)
  .action(conclude(activation));

single('soak', 'what a daemon keeps under a steady load, and how it ends')
  .option('--minutes <n>', 'length of the run', whole(1, 10_000), 30)
  .option('--rate <n>', 'intents per second, sent by the clock', whole(1, 2_000), 100)
  .option('--leak <bytes>', 'kept of every intent on purpose: the run must fail', whole(0, 1_000_000), 0)
  .action(conclude(soak));

command('policy', 'what a decision of the committed policy takes')
  .option('--decisions <n>', 'in a round', whole(100, 10_000_000), 20_000)
  .action(conclude(policy));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  await program.parseAsync();
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : badUsage);
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exit(boundMissed);
}
