/** Stack traces for people: which part of a thrown value is kept, and how much. */
import { expect, it } from 'vitest';
import { faultOf, placeOf, stackOf } from '../../../runtime/core/stack.ts';

const here = 'stack.test.ts';

it('A stack trace begins with class and message, and names the file that threw', () => {
  const [head, first] = stackOf(new TypeError('no luck')).split('\n');
  expect(head).toBe('TypeError: no luck');
  expect(first).toMatch(new RegExp(`^ {4}at .*${here}:\\d+:\\d+\\)?$`));
});

it('A stack trace has those of its causes', () => {
  const stack = stackOf(new Error('outer', { cause: new RangeError('inner', { cause: 'a text' }) }));
  expect(stack).toMatch(/^Error: outer\n[\s\S]+\ncaused by: RangeError: inner\n[\s\S]+\ncaused by: a text$/);
});

it('A stack trace has the first error of an aggregate', () => {
  const stack = stackOf(new AggregateError([new Error('first'), new Error('second')], 'all failed'));
  expect(stack).toMatch(/^AggregateError: all failed\n[\s\S]+\ncaused by: Error: first\n/);
});

it('A chain of causes that is a circle ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(stackOf(error).split('caused by').length).toBeLessThan(8);
});

it.each([
  ['a text', 'no luck'],
  ['nothing', undefined],
  ['an object without a stack', { message: 'x' }],
  ['an error whose stack is no text', Object.assign(new Error('x'), { stack: 5 })],
])('A thrown value without a stack has none: %s', (_what, thrown) => {
  expect(stackOf(thrown)).toBe('');
});

const throwing = (): never => {
  throw new Error('trap');
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

it.each<[string, () => unknown]>([
  ['a revoked proxy', revoked],
  ['a proxy that throws', () => new Proxy(new Error('x'), { get: throwing, has: throwing, getPrototypeOf: throwing })],
  ['a stack that throws', () => Object.defineProperty(new Error('x'), 'stack', { get: throwing })],
])('A value that throws when it is looked at has no stack: %s', (_what, make) => {
  expect(stackOf(make())).toBe('');
});

it('A cause that throws when it is looked at does not hide the stack', () => {
  expect(stackOf(new Error('outer', { cause: revoked() }))).toMatch(/^Error: outer\n[\s\S]+\ncaused by: /);
});

it.each<[string, () => Error]>([
  ['a message of megabytes', () => new Error('x'.repeat(5_000_000))],
  ['a stack of megabytes', () => Object.assign(new Error('x'), { stack: 'x\n    at a\n'.repeat(1_000_000) })],
  [
    'one frame of megabytes',
    () => Object.assign(new Error('x'), { stack: `Error: x\n    at ${'a'.repeat(5_000_000)}` }),
  ],
  [
    'many causes',
    () => Array.from({ length: 200 }).reduce<Error>((cause) => new Error('x'.repeat(500), { cause }), new Error('x')),
  ],
])('A stack trace is bounded: %s', (_what, make) => {
  expect(stackOf(make()).length).toBeLessThanOrEqual(4_096);
});

it('The place of a stack trace is its first call outside Node and packages', () => {
  const stack = [
    'Error: x',
    '    at parse (node:internal/url:3:4)',
    '    at check (file:///app/node_modules/zod/index.js:1:2)',
    '    at receive (file:///app/agent.ts:12:9)',
    '    at main (file:///app/main.ts:1:1)',
  ].join('\n');
  expect(placeOf(stack)).toBe('/app/agent.ts:12');
});

it('The place of a stack trace with foreign calls alone is unknown', () => {
  expect(placeOf('Error: x\n    at parse (node:internal/url:3:4)')).toBeUndefined();
  expect(placeOf('')).toBeUndefined();
  const runtime = new URL('../../../runtime/', import.meta.url);
  for (const folder of [runtime.href, runtime.pathname])
    expect(placeOf(`Error: x\n    at tell (${folder}actor/context.ts:1:2)`)).toBeUndefined();
  expect(placeOf('Error: no socket (/run/x.sock:1:2)')).toBeUndefined();
  expect(placeOf('Error: x\n    at a (file:///%00%2f:1:2)')).toBe('file:///%00%2f:1');
});

it('The fields of a log line are the reason, and the stack where there is one', () => {
  expect(faultOf('no luck')).toEqual({ reason: 'no luck' });
  expect(faultOf(new Error('x'))).toEqual({ reason: 'x', stack: expect.stringContaining(here) as string });
});

it('The first call of an app is kept, however many of the runtime came before it', () => {
  const runtime = Array.from(
    { length: 20 },
    (_, n) => `    at deep${n} (${process.cwd()}/runtime/node/node.ts:${n}:1)`,
  );
  const error = Object.assign(new Error('x'), {
    stack: [
      'Error: x',
      ...runtime,
      '    at Object.ask (/srv/shop/desk.ts:7:3)',
      '    at last (/srv/shop/main.ts:1:1)',
    ].join('\n'),
  });
  const calls = stackOf(error).split('\n').slice(1);
  expect(calls).toHaveLength(13);
  expect(calls.at(-1)).toBe('    at Object.ask (/srv/shop/desk.ts:7:3)');
  expect(placeOf(stackOf(error))).toBe('/srv/shop/desk.ts:7');
});
