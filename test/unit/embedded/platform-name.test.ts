import { expect, it } from 'vitest';
import { platformName, releaseChecksums } from '../../../runtime/embedded/release-source.ts';

it.each([
  ['linux', 'x64', '', 'LE', 'linux-amd64'],
  ['linux', 'arm64', '', 'LE', 'linux-arm64'],
  ['linux', 'arm', '7', 'LE', 'linux-arm7'],
  ['linux', 'arm', '6', 'LE', 'linux-arm6'],
  ['linux', 'ia32', '', 'LE', 'linux-386'],
  ['linux', 's390x', '', 'BE', 'linux-s390x'],
  ['linux', 'ppc64', '', 'LE', 'linux-ppc64le'],
  ['linux', 'loong64', '', 'LE', 'linux-loong64'],
  ['darwin', 'arm64', '', 'LE', 'darwin-arm64'],
] as const)('A checksum is pinned for %s on %s%s %s', (system, processor, arm, order, name) => {
  expect(platformName(system, processor, arm, order)).toBe(name);
  expect(releaseChecksums[name]).toMatch(/^[0-9a-f]{64}$/);
});

it.each([
  ['linux', 'ppc64', 'BE'],
  ['linux', 'riscv64', 'LE'],
  ['darwin', 'x64', 'LE'],
  ['win32', 'x64', 'LE'],
] as const)('No checksum is pinned for %s on %s %s', (system, processor, order) => {
  expect(releaseChecksums[platformName(system, processor, '', order)]).toBeUndefined();
});
