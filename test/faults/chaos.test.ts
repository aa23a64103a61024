/** The chaos run itself: a promise that is broken on purpose is found, and a run without that finds nothing. */
import { expect, it } from 'vitest';
import { compiled } from '../setup/compiled.ts';
import { runNode } from '../support/command.ts';

interface Line {
  readonly violations: number;
  readonly handled: number;
  readonly rules?: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

async function run(...words: readonly string[]): Promise<{ readonly code: number | null; readonly line: Line }> {
  const command = runNode([`${compiled}/runtime/testing/chaos/chaos.js`, '--minutes', '0.25', '--json', ...words], {});
  const code = await command.ended;
  expect(command.errors).toEqual([]);
  return { code, line: JSON.parse(command.lines.at(-1) ?? '') as Line };
}

it('The checker finds intents lost when a daemon acknowledges them before it has handled them', async () => {
  const { code, line } = await run('--faults', 'kill_node', '--broken', 'acks_before_handling');
  expect(code).toBe(1);
  expect(line.faults.kill_node).toBeGreaterThan(0);
  expect(line.rules?.nothing_lost).toBeGreaterThan(0);
});

it('The checker finds intents handled twice when a daemon acknowledges nothing', async () => {
  const { code, line } = await run('--faults', 'kill_node', '--broken', 'acks_nothing');
  expect(code).toBe(1);
  expect(line.rules?.handled_once).toBeGreaterThan(0);
});

it('The checker finds no violation when a daemon is killed and cut off', async () => {
  const { code, line } = await run('--faults', 'kill_node,cut');
  expect(line).toMatchObject({ violations: 0 });
  expect(line.handled).toBeGreaterThan(0);
  expect(code).toBe(0);
});
