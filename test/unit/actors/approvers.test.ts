/** A person at the terminal can answer, interrupt, or be asked no more. */
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { approverFor, personAt, usualApproval } from '../../../actors/devops/approvers.ts';
import type { ApprovalRequest } from '../../../runtime/policy/approver.ts';

const request: ApprovalRequest = {
  action_hash: 'h',
  agent: 'resource/checkout',
  on_behalf_of: 'capacity_planner',
  intent_id: 'i',
  action: { name: 'scale_up', resource: 'service/checkout', arguments: { instances: 9 } },
  decision: {
    effect: 'require_approval',
    reason: '2000 USD are above 1500',
    contributions: [],
    winners: [],
    conflict: false,
    strategy: 'deny_overrides',
    bundle: 'b',
  },
};

describe('the approver at a terminal', () => {
  let input: PassThrough;
  let lines: string[];
  let interrupts: number;
  const asked = (signal = new AbortController().signal) =>
    personAt({
      input,
      output: new PassThrough().resume(),
      print: (line) => void lines.push(line),
      interrupted: () => {
        interrupts += 1;
      },
    }).ask(request, signal);
  beforeEach(() => {
    input = new PassThrough();
    [lines, interrupts] = [[], 0];
  });

  it.each<[string, string, boolean]>([
    ['y', 'y\r', true],
    ['Yes', 'Yes\r', true],
    ['n', 'n\r', false],
    ['nothing', '\r', false],
    ['anything else', 'yikes\r', false],
    ['Ctrl-D', '\x04', false],
  ])('The approver at a terminal understands %s', async (_what, typed, approved) => {
    const answer = asked();
    input.write(typed);
    expect(await answer).toMatchObject({ approved, by: 'the person at the terminal' });
    expect(lines.join('\n')).toContain('2000 USD are above 1500');
    expect(interrupts).toBe(0);
  });

  it('Ctrl-C at a terminal approves nothing, and is passed on', async () => {
    const answer = asked();
    input.write('\x03');
    expect(await answer).toMatchObject({ approved: false });
    expect(interrupts).toBe(1);
  });

  it('The approver at a terminal is asked no more when the node stops', async () => {
    const stopping = new AbortController();
    const answer = asked(stopping.signal);
    stopping.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('An approver by rule approves everything or nothing', async () => {
  const { signal } = new AbortController();
  const silent = (): void => undefined;
  expect(await approverFor('auto', silent).ask(request, signal)).toMatchObject({ approved: true });
  expect(await approverFor('deny', silent).ask(request, signal)).toMatchObject({ approved: false });
});

it.each([
  [true, true, 'ask'],
  [true, false, 'auto'],
  [false, true, 'auto'],
  [undefined, undefined, 'auto'],
])('With input a terminal %s and output a terminal %s the approver is %s', (input, output, mode) => {
  const stream = (isTTY: boolean | undefined) => (isTTY === undefined ? {} : { isTTY });
  expect(usualApproval(stream(input), stream(output))).toBe(mode);
});
