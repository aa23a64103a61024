/** The fuzzer itself: the same seed gives the same inputs, a planted fault is found, and its smallest input is printed. */
import { describe, expect, it } from 'vitest';
import type { ArchivedIntent } from '../../../runtime/mailbox/archive-group.ts';
import { bare, type Door, DoorFault, hangMs } from '../../fuzz/door.ts';
import { mutationsOf, randomBytesOf } from '../../fuzz/inputs.ts';
import { mutate, stepKinds } from '../../fuzz/mutate.ts';
import { recordFaults } from '../../fuzz/node/final-checks.ts';
import { Ledger } from '../../fuzz/node/ledger.ts';
import { failureLines, failuresOf, reportLine } from '../../fuzz/report.ts';
import { type DoorPlan, runDoor } from '../../fuzz/run-door.ts';

const door = (attempt: Door['attempt']): Door => ({
  name: 'config',
  parallel: 4,
  examples: [Buffer.from('{"mesh":"shop","limits":{"lane":100}}')],
  frames: [bare],
  attempt,
});
const plan: DoorPlan = {
  seed: 7,
  mutations: 2_000,
  randomBytes: 20_000,
  until: Number.POSITIVE_INFINITY,
  given: [],
};

it('The fuzzer gives the same inputs for the same seed, and as many as requested', () => {
  const some = door(() => undefined);
  expect(mutationsOf(some, 3, 50)).toEqual(mutationsOf(some, 3, 50));
  expect(mutationsOf(some, 3, 50)).not.toEqual(mutationsOf(some, 4, 50));
  expect(mutationsOf(some, 3, 50)).toHaveLength(50);
  const random = randomBytesOf(some, 3, 5_000);
  expect(random).toEqual(randomBytesOf(some, 3, 5_000));
  expect(random.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(5_000);
});

it.each(stepKinds)('The fuzzer mutates by "%s" at any place of any input', (kind) => {
  for (const text of ['', 'a', '{"a":"b","c":1}', '\u00ff\0']) {
    for (const at of [0, 0.5, 1]) {
      const bytes = Buffer.from(text, 'latin1');
      const step = { kind, at, to: 1 - at, piece: 5 };
      expect(mutate(bytes, [bytes], [step])).toEqual(mutate(bytes, [bytes], [step]));
    }
  }
});

describe('a door that fails', () => {
  it('A failing door gets the smallest input that fails in the same way', async () => {
    const failing = door((input) => {
      const text = input.toString('latin1');
      if (text.includes('1') && text.includes('*')) throw new DoorFault('it took a wildcard');
      if (text === '') throw new DoorFault('another fault of shorter inputs');
    });
    const { failure, cases } = await runDoor(failing, plan);
    expect(cases).toBeGreaterThan(0);
    expect(failure).toMatchObject({ reason: 'it took a wildcard' });
    expect(failure?.inputs).toHaveLength(1);
    expect([...(failure?.inputs[0]?.toString('latin1') ?? '')].sort()).toEqual(['*', '1']);
  });

  it('A failing door is reported with the command that repeats it', async () => {
    const failing = door((input) => {
      if (input.includes('*')) throw new DoorFault('it took a wildcard');
    });
    const result = { doors: new Map([['config', await runDoor(failing, plan)] as const]), faults: [] };
    const options = { seed: 7, minutes: 1, doors: ['config' as const], mutations: 1, randomBytes: 1, given: [] };
    expect(failuresOf(result)).toBe(1);
    expect(failureLines(result, options, '.').at(-1)).toBe(
      `  again: npm run fuzz -- --doors config --input '${Buffer.from('*').toString('base64')}'`,
    );
    expect(JSON.parse(reportLine(options, result))).toMatchObject({ seed: 7, doors: { config: { failures: 1 } } });
  });

  it('A door that gave no answer is replaced before another try', async () => {
    let [stuck, renewed] = [false, 0];
    const failing = door((input) => {
      stuck ||= input.includes('*');
      if (stuck) throw new DoorFault(`no answer within ${hangMs} ms`);
    });
    const renew = async (): Promise<void> => {
      stuck = false;
      renewed++;
    };
    const { failure } = await runDoor(failing, { ...plan, renew });
    expect(failure?.inputs.map(String)).toEqual(['*']);
    expect(renewed).toBeGreaterThan(0);
  });
});

it('The fuzzer tries everything when nothing fails, and ends when its time is over', async () => {
  const fine = door(() => undefined);
  expect(await runDoor(fine, plan)).toMatchObject({ mutations: 2_000, bytes: 20_000, failure: undefined });
  expect(await runDoor(fine, { ...plan, until: 0 })).toEqual({ cases: 0, mutations: 0, bytes: 0, failure: undefined });
});

describe('the records at the end of fuzzing', () => {
  const archived = (seq: number, intent_id: string, outcome: 'handled' | 'dead' = 'handled'): ArchivedIntent => ({
    v: 1,
    seq,
    outcome,
    attempts: 1,
    at: '2024-01-15T14:23:01Z',
    intent: { intent_id },
  });
  const subject = 'm.mbx.main.0.worker.=.client.a.i';

  it('The records are complete when each execution, ticket and stored message has one', () => {
    const ledger = new Ledger();
    ledger.accept('m', 'a');
    ledger.accept('m', 'b');
    ledger.store('m', { seq: 3, subject });
    ledger.store('m', { seq: 4, subject: 'm.mbx.main.0.nobody.=.client.a.i' });
    const archive = [archived(1, 'a'), archived(2, 'b', 'dead'), archived(3, 'c')];
    const executed = new Map([
      ['a', 1],
      ['c', 1],
    ]);
    expect(recordFaults({ archive, dead: [] }, executed, ledger, 'm')).toEqual([]);
  });

  it.each<[string, ReadonlyMap<string, number>, RegExp]>([
    ['an execution without a record', new Map([['x', 1]]), /executed as often .* "x" 1, archived 0/],
    ['a second execution', new Map([['a', 2]]), /executed as often .* "a" 2, archived 1/],
    ['a record without an execution', new Map(), /a record without an execution: a/],
  ])('The records show %s', (_what, executed, fault) => {
    const faults = recordFaults({ archive: [archived(1, 'a')], dead: [] }, executed, new Ledger(), 'm');
    expect(faults.join('\n')).toMatch(fault);
  });

  it('The records show a ticket and a message without any record', () => {
    const ledger = new Ledger();
    ledger.accept('m', 'gone');
    ledger.store('m', { seq: 9, subject });
    const faults = recordFaults({ archive: [], dead: [] }, new Map(), ledger, 'm');
    expect(faults).toEqual([
      '1 intents were accepted with a ticket and have no record: gone',
      `1 messages to mailboxes have neither archive record nor dead letter: 9 ${subject}`,
    ]);
  });
});
