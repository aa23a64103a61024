/** The official release, from a server of the test's own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { findNatsServer } from '../../../runtime/embedded/index.ts';
import { type ReleaseSettings, releaseSource } from '../../../runtime/embedded/release-source.ts';
import { serveHttp } from '../../support/http-server.ts';
import { until } from '../../support/jetstream-rig.ts';
import { fakeServer, searchBench, tempFolder } from './workbench.ts';

const platform = 'test-machine';
const release = `nats-server-v2.15.0-${platform}`;

async function archive(version: string): Promise<Buffer> {
  const folder = await tempFolder();
  await fakeServer(join(folder, release, 'nats-server'), version);
  execFileSync('tar', ['-czf', 'a.tar.gz', release], { cwd: folder });
  return readFile(join(folder, 'a.tar.gz'));
}

const settings = (baseUrl: string, sum: string): Partial<ReleaseSettings> => ({
  baseUrl,
  platform,
  checksums: { [platform]: sum },
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

it('A release is fetched, checked, unpacked, tried, and kept for the next start', async () => {
  const bytes = await archive('2.15.0');
  const paths: string[] = [];
  const url = await serveHttp((request, response) => {
    paths.push(request.url ?? '');
    response.end(bytes);
  });
  const { context } = await searchBench(process.env);
  const found = await releaseSource(settings(url, sha256(bytes))).find(context);
  expect(found).toEqual({ path: join(context.cacheDir, '2.15.0', 'nats-server'), version: '2.15.0' });
  expect(paths).toEqual([`/v2.15.0/${release}.tar.gz`]);
  expect(await readdir(context.cacheDir)).toEqual(['2.15.0']);
});

it('A release with a wrong checksum is discarded, with a warning', async () => {
  const bytes = await archive('2.15.0');
  const url = await serveHttp((_request, response) => void response.end(bytes));
  const { context, said } = await searchBench(process.env);
  const expected = '0'.repeat(64);
  expect(await releaseSource(settings(url, expected)).find(context)).toEqual({
    reason: expect.stringContaining(`is ${sha256(bytes)}, expected ${expected}: thrown away`),
  });
  expect(said.at(-1)).toMatch(/^nats-server: WARNING: .* is not the published release/);
  expect(await readdir(context.cacheDir)).toEqual([]);
});

it('An unusable release is not kept', async () => {
  const bytes = await archive('2.9.10');
  const url = await serveHttp((_request, response) => void response.end(bytes));
  const { context } = await searchBench(process.env);
  expect(await releaseSource(settings(url, sha256(bytes))).find(context)).toEqual({
    reason: expect.stringContaining('what came is version 2.9.10'),
  });
  expect(await readdir(context.cacheDir)).toEqual([]);
});

it('The release source reports the status of a missing release', async () => {
  const url = await serveHttp((_request, response) => void response.writeHead(404).end());
  const { context } = await searchBench(process.env);
  expect(await releaseSource(settings(url, '')).find(context)).toEqual({ reason: 'status 404' });
});

it('The release source reports a port without a server', async () => {
  const { context } = await searchBench(process.env);
  expect(await releaseSource(settings('http://127.0.0.1:1', '')).find(context)).toEqual({
    reason: expect.stringMatching(/^not reachable \(.+\)$/),
  });
});

it('The release source gives up after 4 s without an answer', async () => {
  const clock = new ManualClock();
  const url = await serveHttp(() => clock.advance(4_000));
  const { context } = await searchBench(process.env, clock);
  expect(await releaseSource(settings(url, '')).find(context)).toEqual({
    reason: 'not reachable (no answer within 4 s)',
  });
  expect(clock.pending).toBe(0);
});

it('The release source gives up after 5 s without a byte', async () => {
  const clock = new ManualClock();
  const url = await serveHttp((_request, response) => void response.writeHead(200).write('the beginning'));
  const { context } = await searchBench(process.env, clock);
  const found = releaseSource(settings(url, '')).find(context);
  await until('the first bytes have come', () => clock.nextIn() === 5_000);
  clock.advance(5_000);
  expect(await found).toEqual({ reason: 'not reachable (no byte for 5 s)' });
  expect(clock.pending).toBe(0);
});

it('The release source gives up an endless download', async () => {
  const url = await serveHttp((_request, response) => void response.end(Buffer.alloc(10_000)));
  const { context } = await searchBench(process.env);
  const found = await releaseSource({ ...settings(url, ''), bytes: 1_000 }).find(context);
  expect(found).toEqual({ reason: 'more than 1000 bytes' });
});

it('The release source asks for nothing on a platform without a pinned checksum', async () => {
  const { context } = await searchBench(process.env);
  const found = await releaseSource({ platform: 'plan9-mips' }).find(context);
  expect(found).toEqual({ reason: 'no pinned checksum for plan9-mips' });
});

it('Several processes may fetch into the same cache at once', async () => {
  const bytes = await archive('2.15.0');
  const url = await serveHttp((_request, response) => void response.end(bytes));
  const parleyDir = await tempFolder();
  const sources = [releaseSource(settings(url, sha256(bytes)))];
  const found = await Promise.all(Array.from({ length: 6 }, () => findNatsServer({ parleyDir, sources })));
  expect(new Set(found.map(({ path }) => path))).toEqual(
    new Set([join(parleyDir, 'nats-server', '2.15.0', 'nats-server')]),
  );
  expect(await readdir(join(parleyDir, 'nats-server'))).toEqual(['2.15.0']);
});

it('The release source removes leftovers of a fetch that was killed long ago, and nothing younger', async () => {
  const { context } = await searchBench(process.env);
  const [old, young] = ['fetching-old', 'fetching-young'].map((name) => join(context.cacheDir, name));
  for (const folder of [old, young]) await mkdir(folder as string, { recursive: true });
  await utimes(old as string, 0, 0);
  await releaseSource(settings('http://127.0.0.1:1', '')).find(context);
  expect(await readdir(context.cacheDir)).toEqual(['fetching-young']);
});
