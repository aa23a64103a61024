/** Where the stack trace of a handler's error goes: the log, and the dead letter. */
import { expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import type { LogFields, Logger } from '../../../runtime/core/logger.ts';
import { NodeRig } from '../../support/node-rig.ts';

const here = /at .*stack-traces\.test\.ts:\d+:\d+/;

interface Line {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** Handles one intent with this handler. */
async function handled(receive: () => void) {
  const lines: Line[] = [];
  const note =
    (level: keyof Logger) =>
    (fields: LogFields, message: string): void =>
      void lines.push({ level, fields, message });
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [{ kind: 'worker', intents: { alert: {} }, receive }], log });
  await rig.wait(node.tell('worker', { intent_type: 'alert' }));
  await rig.quiet(node);
  const failures = lines.filter(({ fields }) => 'attempt' in fields);
  return { failures, letters: rig.letters as readonly { readonly stacks?: readonly string[] }[] };
}

it('Attempts that are repeated log their stack trace at debug, and the last one at error', async () => {
  const { failures } = await handled(() => {
    throw new Error('no luck');
  });
  const traced = failures.filter(({ fields }) => 'stack' in fields);
  expect(traced.map(({ level, fields }) => [level, fields.attempt])).toEqual([
    ['debug', 1],
    ['debug', 2],
    ['error', 3],
  ]);
  for (const { fields } of traced) expect(fields).toMatchObject({ agent: 'worker', reason: 'no luck' });
  for (const { fields } of traced) expect(fields.stack).toMatch(here);
});

it('An error that is not tried again logs its stack trace at error, once', async () => {
  const { failures } = await handled(() => {
    throw new NonRetryableError('never');
  });
  expect(failures.map(({ level }) => level)).toEqual(['error']);
});

it('A dead letter has the stack traces of its errors, with those of their causes', async () => {
  let attempt = 0;
  const { letters } = await handled(() => {
    throw new TypeError(`no ${++attempt}`, { cause: new RangeError('deeper') });
  });
  const stacks = letters[0]?.stacks ?? [];
  expect(stacks.map((stack) => stack.split('\n')[0])).toEqual([
    'TypeError: no 1',
    'TypeError: no 2',
    'TypeError: no 3',
  ]);
  for (const stack of stacks) expect(stack).toMatch(/caused by: RangeError: deeper\n +at .*stack-traces\.test\.ts/);
});

it('A dead letter of thrown values without a stack has no stack traces', async () => {
  const { failures, letters } = await handled(() => {
    throw 'no luck';
  });
  expect(letters).toMatchObject([{ errors: ['no luck', 'no luck', 'no luck'] }]);
  expect(letters[0]).not.toHaveProperty('stacks');
  expect(failures.at(-1)?.fields).not.toHaveProperty('stack');
});

it('A handling that succeeds never reads a stack trace', async () => {
  let reads = 0;
  await handled(() => {
    Object.defineProperty(new Error('kept'), 'stack', { get: () => `${++reads}` });
  });
  expect(reads).toBe(0);
});
