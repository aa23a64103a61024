import { expect, it } from 'vitest';
import { identityOf, isAlive, parseIdentity, parseStat } from '../../../runtime/embedded/process-identity.ts';

const after = 'S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 7 0 888907 0 0';

it.each([
  [`77 (nats-server) ${after}`, { ended: false, started: '888907' }],
  [`77 (a (very) bad ) name) ${after}`, { ended: false, started: '888907' }],
  [`77 (nats-server) ${after.replace('S', 'Z')}`, { ended: true, started: '888907' }],
  ['', undefined],
])('reads /proc/<pid>/stat: %s', (text, stat) => {
  expect(parseStat(text)).toEqual(stat);
});

it('knows this process', () => {
  expect(isAlive(identityOf(process.pid))).toBe(true);
});

it('does not take another process under the same number for the one that was noted', () => {
  expect(isAlive({ pid: process.pid, started: 'another boot/1' })).toBe(false);
});

it('knows that a number beyond all processes names none', () => {
  expect(isAlive({ pid: 2 ** 22 + 1, started: '' })).toBe(false);
});

it.each([0, -1, 1.5, '7', null, undefined])('refuses the process number %s in a file', (pid) => {
  expect(parseIdentity({ pid, started: '' })).toBeUndefined();
});

it('refuses what is no identity', () => {
  for (const value of [null, 'text', {}, { pid: 7 }, { pid: 7, started: 5 }])
    expect(parseIdentity(value)).toBeUndefined();
  expect(parseIdentity({ pid: 7, started: 'b/1' })).toEqual({ pid: 7, started: 'b/1' });
});
