import { expect, it } from 'vitest';
import { identityOf, isAlive, parseIdentity, parseStat } from '../../../runtime/embedded/process-identity.ts';

const after = 'S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 7 0 888907 0 0';

it.each([
  [`77 (nats-server) ${after}`, { ended: false, started: '888907' }],
  [`77 (a (very) bad ) name) ${after}`, { ended: false, started: '888907' }],
  [`77 (nats-server) ${after.replace('S', 'Z')}`, { ended: true, started: '888907' }],
  ['', undefined],
])('The reader of /proc/<pid>/stat understands: %s', (text, stat) => {
  expect(parseStat(text)).toEqual(stat);
});

it('A process is identified as itself', () => {
  expect(isAlive(identityOf(process.pid))).toBe(true);
});

it('Another process under the same number is not the recorded one', () => {
  expect(isAlive({ pid: process.pid, started: 'another boot/1' })).toBe(false);
});

it('A number beyond all processes names none', () => {
  expect(isAlive({ pid: 2 ** 22 + 1, started: '' })).toBe(false);
});

it.each([0, -1, 1.5, '7', null, undefined])('The process number %s in a file is refused', (pid) => {
  expect(parseIdentity({ pid, started: '' })).toBeUndefined();
});

it('An invalid identity is refused', () => {
  for (const value of [null, 'text', {}, { pid: 7 }, { pid: 7, started: 5 }])
    expect(parseIdentity(value)).toBeUndefined();
  expect(parseIdentity({ pid: 7, started: 'b/1' })).toEqual({ pid: 7, started: 'b/1' });
});
