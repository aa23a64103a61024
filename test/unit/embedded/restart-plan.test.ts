import { expect, it } from 'vitest';
import { pauseBeforeStart } from '../../../runtime/embedded/restart-plan.ts';

it('The pause before a restart doubles from 100 ms to 2 s, and ten failures end the attempts', () => {
  const pauses = Array.from({ length: 12 }, (_, failures) => pauseBeforeStart(failures));
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000, 2000, undefined, undefined]);
});
