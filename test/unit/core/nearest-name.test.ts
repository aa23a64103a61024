import { expect, it } from 'vitest';
import { nearestName, unknownName } from '../../../runtime/core/nearest-name.ts';

const names = ['kind', 'intents', 'receive', 'mailbox', 'supervision', 'deadlineMs', 'cause', 'usd'];

it.each([
  ['mailbx', 'mailbox'],
  ['cuase', 'cause'],
  ['recieve', 'receive'],
  ['intent', 'intents'],
  ['Kind', 'kind'],
  ['deadline', 'deadlineMs'],
  ['deadlinems', 'deadlineMs'],
  ['supervison', 'supervision'],
  ['us', 'usd'],
])('The nearest name to "%s" is "%s"', (given, meant) => {
  expect(nearestName(given, names)).toBe(meant);
});

it.each(['', 'x', 'timers', 'boxmail', 'priority', 'mind', '__proto__', 'a'.repeat(100_000)])(
  'The text "%.20s" is near no known name',
  (given) => {
    expect(nearestName(given, ['intents', 'receive', 'mailbox', 'cause', 'usd'])).toBeUndefined();
  },
);

it('The message names the intended name, or else all names', () => {
  expect(unknownName('option', 'mailbx', 'defineAgent', names)).toBe(
    'unknown option "mailbx" of defineAgent: did you mean "mailbox"?',
  );
  expect(unknownName('field', 'priority', 'an intent', ['context', 'deadline'])).toBe(
    'unknown field "priority" of an intent: it takes context, deadline',
  );
});
