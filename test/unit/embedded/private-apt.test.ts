import { describe, expect, it } from 'vitest';
import { aptConfig, aptFailureText, isUnreachable } from '../../../runtime/embedded/private-apt.ts';
import type { CommandResult } from '../../../runtime/embedded/run-command.ts';

const ran = (stderr: string, failure?: string): CommandResult => ({
  code: failure === undefined ? 100 : undefined,
  stdout: '',
  stderr,
  failure,
  missing: false,
});

describe('the configuration', () => {
  it('The configuration of apt gives up a silent mirror after the given seconds, at the first try', () => {
    const config = aptConfig('/f', 5, false);
    expect(config).toContain('Acquire::http::Timeout "5";');
    expect(config).toContain('Acquire::https::Timeout "5";');
    expect(config).toContain('Acquire::Retries "0";');
  });

  it('The configuration of apt does not touch the lists, the cache and the sources of the machine', () => {
    const config = aptConfig('/f', 5, false);
    for (const line of [
      'Dir::Etc::sourcelist "/f/sources.list";',
      'Dir::Etc::sourceparts "/dev/null";',
      'Dir::State::lists "/f/lists";',
      'Dir::State::status "/f/status";',
      'Dir::Cache "/f/cache";',
    ]) {
      expect(config).toContain(line);
    }
  });

  it('The configuration of apt runs no hook of the machine', () => {
    expect(aptConfig('/f', 5, false)).toMatch(/^#clear APT::Update::Post-Invoke-Success;$/m);
  });

  it('The configuration of apt names a sandbox user only for root', () => {
    expect(aptConfig('/f', 5, true)).toContain('APT::Sandbox::User "root";');
    expect(aptConfig('/f', 5, false)).not.toContain('Sandbox');
  });
});

it('The failure text of apt is its first error, not the consequences', () => {
  const said = 'W: a warning\nE: Failed to fetch x  Could not resolve\nE: Some index files failed to download.\n';
  expect(aptFailureText(ran(said))).toBe('Failed to fetch x  Could not resolve');
  expect(aptFailureText(ran('', 'gave up after 60 s'))).toBe('gave up after 60 s');
  expect(aptFailureText(ran(''))).toBe('exit code 100');
});

it.each([
  ["E: Failed to fetch x  Could not resolve 'mirror.example'", true],
  ['E: Failed to fetch x  Could not connect to mirror.example:80', true],
  ['E: Failed to fetch x  Connection timed out', true],
  ['E: Failed to fetch x  Temporary failure resolving', true],
  ["E: The repository 'x sid Release' does not have a Release file.", false],
  ["E: The repository 'x sid InRelease' is not signed.", false],
])('A mirror that cannot be reached differs from a missing suite: %s', (said, unreachable) => {
  expect(isUnreachable(ran(said))).toBe(unreachable);
});
