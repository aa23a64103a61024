import { expect, it } from 'vitest';
import { compareVersions, isAtLeast, oldestVersion, parseVersion } from '../../../runtime/embedded/nats-version.ts';

it.each([
  ['nats-server: v2.15.1\n', '2.15.1'],
  ['nats-server: 2.12.0', '2.12.0'],
  ['nats-server: v2.14.0-RC.1\n', '2.14.0'],
  ['a warning first\nnats-server: v2.15.0\n', '2.15.0'],
  ['nginx version: nginx/1.24.0', undefined],
  ['not nats-server: v2.15.1', undefined],
  ['nats-server: v2', undefined],
  ['', undefined],
])('The version in %j is %s', (said, version) => {
  expect(parseVersion(said)).toBe(version);
});

it.each([
  ['2.12.0', true],
  ['2.12.1', true],
  ['2.15.1', true],
  ['3.0.0', true],
  ['2.100.0', true],
  ['2.11.99', false],
  ['2.9.10', false],
  ['2.10.27', false],
  ['1.99.99', false],
])('The version %s is compared with the oldest permitted one: %s', (version, enough) => {
  expect(isAtLeast(version, oldestVersion)).toBe(enough);
});

it('Versions sort by number, not by text', () => {
  const versions = ['2.9.10', '2.15.1', '2.12.0', '2.15.0', '10.0.0'];
  expect(versions.sort(compareVersions)).toEqual(['2.9.10', '2.12.0', '2.15.0', '2.15.1', '10.0.0']);
});
