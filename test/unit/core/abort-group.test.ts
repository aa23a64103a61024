import { expect, it } from 'vitest';
import { AbortGroup } from '../../../runtime/core/abort-group.ts';

it('An abort group aborts every open signal, and those that are opened later', () => {
  const group = new AbortGroup();
  const [before, closed] = [group.open(), group.open()];
  group.close(closed);
  group.abort();
  expect([before, closed, group.open()].map(({ signal }) => signal.aborted)).toEqual([true, false, true]);
});
