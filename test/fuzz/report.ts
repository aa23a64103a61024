/** Reports a run: how to repeat each failure, then one line of JSON. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DoorName } from './door.ts';
import type { FuzzOptions } from './fuzz-options.ts';
import type { FuzzResult } from './run.ts';
import type { DoorFailure } from './run-door.ts';

/** A longer one is put into a file. */
const longestWord = 4_000;

export const failuresOf = ({ doors, faults }: FuzzResult): number =>
  faults.length + [...doors.values()].filter(({ failure }) => failure !== undefined).length;

export function reportLine({ seed }: FuzzOptions, { doors, faults }: FuzzResult): string {
  const figures = [...doors].map(([name, { cases, mutations, bytes, failure }]) => {
    return [name, { cases, mutations, bytes, failures: failure === undefined ? 0 : 1 }];
  });
  return JSON.stringify({ seed, doors: Object.fromEntries(figures), ...(faults.length === 0 ? {} : { faults }) });
}

/** @param folder for inputs that are too long for a command line */
export function failureLines({ doors, faults }: FuzzResult, { seed }: FuzzOptions, folder: string): readonly string[] {
  const lines = [...doors].flatMap(([name, { failure }]) =>
    failure === undefined ? [] : describe(name, failure, folder),
  );
  if (faults.length === 0) return lines;
  const again = `npm run fuzz -- --seed ${seed} --doors ${[...doors.keys()].join(',')}`;
  return [...lines, ...faults.map((fault) => `the node: ${fault}`), `  again: ${again}`];
}

function describe(name: DoorName, { reason, inputs }: DoorFailure, folder: string): readonly string[] {
  const words = inputs.map((input, n) => {
    const word = input.toString('base64');
    if (inputs.length === 1 && word.length <= longestWord) return `--input '${word}'`;
    const file = join(folder, `${name}-${n}.bin`);
    writeFileSync(file, input);
    return `--file ${file}`;
  });
  const [first] = inputs;
  const shown = first === undefined ? 'no input is known' : JSON.stringify(first.toString('latin1').slice(0, 400));
  return [`${name}: ${reason}`, `  input: ${shown}`, `  again: npm run fuzz -- --doors ${name} ${words.join(' ')}`];
}
