/** The command: strange input at every door (`npm run fuzz -- --minutes 5 --seed 7`). */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runProgram } from '../../runtime/cli/run-program.ts';
import { endOnSignals } from '../../runtime/testing/chaos/end-with-run.ts';
import { doorNames } from './door.ts';
import { compileFuzz, type GivenFuzz } from './fuzz-options.ts';
import { failureLines, failuresOf, reportLine } from './report.ts';
import { runFuzz } from './run.ts';

const more = (word: string, words: readonly string[] = []): readonly string[] => [...words, word];

const program = new Command('fuzz')
  .description('random bytes and mutations of valid inputs at every door; ends with 1 when one of them does wrong')
  .option('--minutes <m>', 'at most; it ends earlier when everything was tried (5)')
  .option('--seed <n>', 'of all inputs; without it a new one, which is printed')
  .option('--doors <names>', `some of ${doorNames.join(', ')}`)
  .option('--mutations <n>', 'of valid inputs, at each door (10000)')
  .option('--bytes <n>', 'random ones, at each door (2000000)')
  .option('--input <base64>', 'try this instead, at the one door', more)
  .option('--file <path>', 'try what is in this file instead, at the one door', more)
  .action(async (given: GivenFuzz) => {
    const options = compileFuzz(given, randomInt(2 ** 31 - 1));
    endOnSignals();
    const folder = await mkdtemp(join(tmpdir(), 'parley-fuzz-'));
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    say(`seed ${options.seed}`);
    const result = await runFuzz(options, { folder, say });
    for (const line of failureLines(result, options, folder)) say(line);
    process.stdout.write(`${reportLine(options, result)}\n`);
    if (failuresOf(result) === 0) return rm(folder, { recursive: true, force: true });
    say(`the node's log is in ${folder}`);
    process.exitCode = 1;
  });

await runProgram(program);
