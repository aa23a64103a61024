/** What a node without a log of its own writes: warnings and errors, one line each. */
import { expect, it } from 'vitest';
import { standardErrorLog } from '../../../runtime/node/standard-error-log.ts';

function written(): { readonly lines: string[]; readonly log: ReturnType<typeof standardErrorLog> } {
  const lines: string[] = [];
  return { lines, log: standardErrorLog((line) => void lines.push(line)) };
}

it('Warnings and errors are written, debug and info are not', () => {
  const { lines, log } = written();
  log.debug({}, 'a');
  log.info({}, 'b');
  log.warn({}, 'c');
  log.error({}, 'd');
  expect(lines).toEqual(['parley: warn: c\n', 'parley: error: d\n']);
});

it('Fields follow in brackets, texts with blanks in quotes', () => {
  const { lines, log } = written();
  log.warn(
    { agent: 'billing/42', attempt: 2, reason: 'no luck', lasts: false, kinds: ['a'], none: undefined },
    'failed',
  );
  expect(lines).toEqual([
    'parley: warn: failed (agent=billing/42 attempt=2 reason="no luck" lasts=false kinds=["a"])\n',
  ]);
});

it('A stack trace becomes the place of the error', () => {
  const { lines, log } = written();
  log.error({ stack: 'Error: x\n    at receive (file:///app/agent.ts:12:9)' }, 'failed');
  log.error({ stack: 'Error: x\n    at parse (node:internal/url:3:4)' }, 'failed');
  expect(lines).toEqual(['parley: error: failed (at=/app/agent.ts:12)\n', 'parley: error: failed\n']);
});

it('Line breaks and control characters do not leave the line', () => {
  const { lines, log } = written();
  log.warn({ reason: 'a\nb\u001b[2J', text: 'c\u2028d' }, 'e\nf');
  expect(lines).toEqual(['parley: warn: e f (reason="a\\nb\\u001b[2J" text="c\\u2028d")\n']);
});

it('Long values are cut', () => {
  const { lines, log } = written();
  log.warn({ reason: 'x'.repeat(100_000) }, 'failed');
  expect(lines[0]?.length).toBeLessThan(600);
});

it('A value that cannot be written as JSON is named by its type', () => {
  const { lines, log } = written();
  const round: Record<string, unknown> = {};
  round.self = round;
  log.warn({ round, big: 5n, fn: () => 1 }, 'odd');
  expect(lines[0]).toMatch(/^parley: warn: odd \(round=\[object Object\] big=5n fn=.+\)\n$/);
});
