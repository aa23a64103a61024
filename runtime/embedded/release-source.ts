/** Fetches the official release from GitHub; checks its pinned SHA-256 before it unpacks anything. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { type DownloadLimits, download } from './bounded-download.ts';
import type { Answer, NatsSource, SearchContext } from './nats-source.ts';
import { failureText, runCommand } from './run-command.ts';
import { intoCache, probeBinary } from './server-cache.ts';

const version = '2.15.0';
const releases = 'https://github.com/nats-io/nats-server/releases/download';

/** SHA-256 of `nats-server-v2.15.0-<platform>.tar.gz`, as published with the release. */
export const releaseChecksums: Readonly<Record<string, string>> = Object.freeze({
  'linux-amd64': '5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92',
  'linux-arm64': 'cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112',
  'linux-arm7': 'ec5f4689d017e07cfa18442e10da051c0f3f9dd2e7f4dc7cdb55a11f1303c952',
  'linux-arm6': 'e29421c251dda2003d16b8d503124a0d690d05f4e018923be7e5e64b446e42c2',
  'linux-386': 'f572eccdbb35ab5c7fef7703a5b6ca49e55d039e441920ba5478972ecdcf7a47',
  'linux-s390x': 'ac50bf4adc8fa6db575ed9293417b6fbec746e71cc9d360aea5cd447e4207bfc',
  'linux-ppc64le': 'a402bf73f91f674735cc85aa0e7d06d5dfa3044b98cda6ea9937cfee4e05a266',
  'linux-loong64': 'fdce4b595b4b3a9f83d07ee310334b68a0723c799e969c9ab77f3105158fd64e',
  'darwin-arm64': 'e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8',
});

const unpackMs = 30_000;
const megabyte = 1024 * 1024;

export interface ReleaseSettings extends DownloadLimits {
  /** The address of the releases; tests use another one. */
  readonly baseUrl: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly platform: string;
}

const defaults: ReleaseSettings = Object.freeze({
  baseUrl: releases,
  checksums: releaseChecksums,
  platform: platformName(process.platform, process.arch, armVersion(), endianness()),
  answerMs: 4_000,
  silenceMs: 5_000,
  bytes: 64 * megabyte,
});

/** Maps Node's platform to the release's name: `linux`, `x64` becomes `linux-amd64`. */
export function platformName(system: string, processor: string, arm: string, order: 'LE' | 'BE'): string {
  const names: Readonly<Record<string, string>> = {
    x64: 'amd64',
    ia32: '386',
    arm: `arm${arm}`,
    ppc64: order === 'LE' ? 'ppc64le' : 'ppc64',
  };
  return `${system}-${names[processor] ?? processor}`;
}

/** The ARM version of this Node; 6 also runs on a 7, so 6 is assumed when Node does not tell. */
function armVersion(): string {
  const variables: Readonly<Record<string, unknown>> = { ...process.config.variables };
  return variables.arm_version === '7' ? '7' : '6';
}

export function releaseSource(given: Partial<ReleaseSettings> = {}): NatsSource {
  const settings: ReleaseSettings = { ...defaults, ...given };
  return {
    name: `official release ${version}`,
    remote: true,
    async find(context) {
      const expected = settings.checksums[settings.platform];
      if (expected === undefined) return { reason: `no pinned checksum for ${settings.platform}` };
      return intoCache(context, (folder) => fetchRelease(context, settings, expected, folder));
    },
  };
}

async function fetchRelease(
  context: SearchContext,
  settings: ReleaseSettings,
  expected: string,
  folder: string,
): Promise<Answer> {
  const name = `nats-server-v${version}-${settings.platform}`;
  const url = `${settings.baseUrl}/v${version}/${name}.tar.gz`;
  context.say(`nats-server: fetching ${version} from ${url}`);
  const archive = await download(context.clock, url, settings, context.signal);
  if ('reason' in archive) return archive;
  const sum = createHash('sha256').update(archive.bytes).digest('hex');
  if (sum !== expected) {
    context.say(`nats-server: WARNING: ${url} is not the published release, and was thrown away`);
    return { reason: `the SHA-256 of ${url} is ${sum}, expected ${expected}: thrown away` };
  }
  const file = join(folder, 'release.tar.gz');
  await writeFile(file, archive.bytes);
  const ran = await runCommand(context.clock, 'tar', ['-xzf', file, '-C', folder], {
    deadlineMs: unpackMs,
    signal: context.signal,
  });
  return ran.code === 0
    ? probeBinary(context, join(folder, name, 'nats-server'))
    : { reason: `tar: ${failureText(ran)}` };
}
