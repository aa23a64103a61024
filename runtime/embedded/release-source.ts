/** The official release on GitHub, checked against a pinned SHA-256. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { type FetchContext, type Fetched, intoCache, type NatsSource } from './nats-source.ts';
import { complaint, runCommand } from './run-command.ts';

const version = '2.15.0';
const releases = 'https://github.com/nats-io/nats-server/releases/download';

/** SHA-256 of `nats-server-v2.15.0-<platform>.tar.gz`, as published with the release. */
const checksums: Readonly<Record<string, string>> = {
  'linux-amd64': '5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92',
  'linux-arm64': 'cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112',
  'linux-arm7': 'ec5f4689d017e07cfa18442e10da051c0f3f9dd2e7f4dc7cdb55a11f1303c952',
  'linux-386': 'f572eccdbb35ab5c7fef7703a5b6ca49e55d039e441920ba5478972ecdcf7a47',
  'linux-s390x': 'ac50bf4adc8fa6db575ed9293417b6fbec746e71cc9d360aea5cd447e4207bfc',
  'linux-ppc64le': 'a402bf73f91f674735cc85aa0e7d06d5dfa3044b98cda6ea9937cfee4e05a266',
  'linux-loong64': 'fdce4b595b4b3a9f83d07ee310334b68a0723c799e969c9ab77f3105158fd64e',
  'darwin-arm64': 'e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8',
};

/** Node's names of processors in the release's words, where they differ. */
const processors: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm7', ppc64: 'ppc64le' };

const connectMs = 4_000;
const silenceMs = 5_000;
const unpackMs = 30_000;

export interface ReleaseSettings {
  /** Where releases are: another one in tests. */
  readonly baseUrl: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly platform: string;
}

export function platformName(): string {
  return `${process.platform}-${processors[process.arch] ?? process.arch}`;
}

export function releaseSource(given: Partial<ReleaseSettings> = {}): NatsSource {
  const settings: ReleaseSettings = { baseUrl: releases, checksums, platform: platformName(), ...given };
  return {
    name: `official release ${version}`,
    async fetch(context) {
      const expected = settings.checksums[settings.platform];
      if (expected === undefined) return { reason: `no checksum is pinned for ${settings.platform}` };
      return intoCache(context, (folder) => fetchRelease(context, settings, expected, folder));
    },
  };
}

async function fetchRelease(
  context: FetchContext,
  { baseUrl, platform }: ReleaseSettings,
  expected: string,
  folder: string,
): Promise<Fetched> {
  const name = `nats-server-v${version}-${platform}`;
  const url = `${baseUrl}/v${version}/${name}.tar.gz`;
  context.say(`nats-server: trying the official release ${version}`);
  const archive = await download(context.clock, url);
  if ('reason' in archive) return archive;
  const found = createHash('sha256').update(archive.bytes).digest('hex');
  if (found !== expected) return { reason: `its SHA-256 is ${found}, expected ${expected}: thrown away` };
  const file = join(folder, 'release.tar.gz');
  await writeFile(file, archive.bytes);
  const ran = await runCommand(context.clock, 'tar', ['-xzf', file, '-C', folder], { deadlineMs: unpackMs });
  return ran.code === 0 ? { path: join(folder, name, 'nats-server') } : { reason: `tar: ${complaint(ran)}` };
}

type Downloaded = { readonly bytes: Uint8Array } | { readonly reason: string };

/** Gives up when no connection comes, or no byte for a while. */
async function download(clock: Clock, url: string): Promise<Downloaded> {
  const abort = new AbortController();
  let timer = clock.after(connectMs, () => abort.abort(new Error(`no answer within ${connectMs / 1000} s`)));
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) return { reason: `status ${response.status}` };
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) {
      timer.cancel();
      timer = clock.after(silenceMs, () => abort.abort(new Error(`no byte for ${silenceMs / 1000} s`)));
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { reason: `not reachable (${causeOf(error)})` };
  } finally {
    timer.cancel();
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
