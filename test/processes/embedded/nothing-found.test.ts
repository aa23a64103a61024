/** No source has one: a machine without a network, without apt and without Go. */
import { expect, it } from 'vitest';
import { debianSource } from '../../../runtime/embedded/debian-source.ts';
import { goSource } from '../../../runtime/embedded/go-source.ts';
import { findNatsServer } from '../../../runtime/embedded/index.ts';
import { cacheSource, environmentSource, pathSource } from '../../../runtime/embedded/local-sources.ts';
import { releaseSource } from '../../../runtime/embedded/release-source.ts';
import { tempFolder } from './workbench.ts';

it('A search in vain ends in one error that names every source with its reason', async () => {
  const release = releaseSource({ baseUrl: 'http://127.0.0.1:1', platform: 'p', checksums: { p: '' } });
  const sources = [environmentSource, pathSource, cacheSource, release, debianSource(), goSource()];
  const parleyDir = await tempFolder();
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  await expect(findNatsServer({ sources, parleyDir, say, env: { PATH: '/nowhere' } })).rejects.toMatchObject({
    code: 'PARLEY_NATS_SERVER_NOT_FOUND',
    attempts: [
      { source: 'PARLEY_NATS_SERVER', reason: 'not set' },
      { source: 'PATH', reason: 'none there' },
      { source: 'fetched before', reason: `nothing in ${parleyDir}/nats-server` },
      { source: 'official release 2.15.0', reason: expect.stringContaining('not reachable') },
      { source: "Debian's archive, through apt", reason: 'apt-get is not here' },
      { source: 'go install', reason: 'Go is not installed' },
    ],
  });
  expect(lines.at(-1)).toBe('nats-server: go install: Go is not installed');
});
