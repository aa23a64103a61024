/**
 * Debian's own archive: the newest suite that has nats-server, through the machine's apt, with Debian's keyring. Downloaded and
 * unpacked beside the project; nothing is installed, no root needed. Which mirror, apt itself says.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchContext, type Fetched, intoCache, type NatsSource } from './nats-source.ts';
import { isAtLeast, oldestVersion } from './nats-version.ts';
import { complaint, type Ran, runCommand } from './run-command.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** Newest first. Stable is last: a release that is too old for us now will have a newer one some day. */
const suites = ['sid', 'testing', 'stable'] as const;

const askMs = 10_000;
const indexMs = 60_000;
const downloadMs = 60_000;

export const debianSource: NatsSource = {
  name: 'Debian archive, through apt',
  async fetch(context) {
    const mirror = await mirrorOf(context);
    if ('reason' in mirror) return mirror;
    if (!existsSync(keyring)) return { reason: `Debian's keyring is missing (${keyring})` };
    return intoCache(context, async (folder) => {
      const reasons: string[] = [];
      for (const suite of suites) {
        const fetched = await fromSuite(context, mirror.url, suite, join(folder, suite));
        if ('path' in fetched) return fetched;
        reasons.push(`${suite}: ${fetched.reason}`);
      }
      return { reason: reasons.join('; ') };
    });
  },
};

type Mirror = { readonly url: string } | { readonly reason: string };

/** The main archive's address as apt is configured, which also works before the first `apt-get update`. */
async function mirrorOf(context: FetchContext): Promise<Mirror> {
  const format = ['--format', '$(REPO_URI) $(SITE) $(COMPONENT)'];
  const ran = await runCommand(context.clock, 'apt-get', ['indextargets', ...format], {
    env: plain(context.env),
    deadlineMs: askMs,
  });
  if (ran.code === undefined && ran.stdout === '') return { reason: 'apt-get is not here' };
  if (ran.code !== 0) return { reason: complaint(ran) };
  const url = chooseMirror(ran.stdout);
  return url === undefined ? { reason: 'apt is not configured with a Debian archive' } : { url };
}

/** From lines `<address> <site> <component>`: the one that ends in `/debian`, not security and not somebody else's packages. */
export function chooseMirror(targets: string): string | undefined {
  for (const line of targets.split('\n')) {
    const [address = '', , component] = line.trim().split(' ');
    if (component === 'main' && /\/debian\/?$/.test(address)) return address;
  }
  return undefined;
}

async function fromSuite(context: FetchContext, mirror: string, suite: string, folder: string): Promise<Fetched> {
  const options = await ownApt(folder, mirror, suite);
  const apt = (args: readonly string[], deadlineMs: number): Promise<Ran> =>
    runCommand(context.clock, 'apt-get', [...options, ...args], { cwd: folder, env: plain(context.env), deadlineMs });

  context.say(`nats-server: looking in Debian ${suite}`);
  const updated = await apt(['update'], indexMs);
  if (updated.code !== 0) return { reason: complaint(updated) };
  const known = await runCommand(context.clock, 'apt-cache', [...options, 'show', '--no-all-versions', 'nats-server'], {
    cwd: folder,
    env: plain(context.env),
    deadlineMs: askMs,
  });
  const version = /^Version: (\d+\.\d+\.\d+)/m.exec(known.stdout)?.[1];
  if (version === undefined) return { reason: 'it has no nats-server' };
  if (!isAtLeast(version, oldestVersion)) return { reason: `it has ${version}, which is too old` };
  context.say(`nats-server: fetching ${version} from Debian ${suite}`);
  const downloaded = await apt(['download', 'nats-server'], downloadMs);
  if (downloaded.code !== 0) return { reason: complaint(downloaded) };
  return unpack(context, folder);
}

async function unpack(context: FetchContext, folder: string): Promise<Fetched> {
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return { reason: 'apt-get download brought no package' };
  const ran = await runCommand(context.clock, 'dpkg-deb', ['-x', archive, 'unpacked'], {
    cwd: folder,
    deadlineMs: askMs,
  });
  if (ran.code !== 0) return { reason: complaint(ran) };
  for (const place of ['usr/sbin', 'usr/bin']) {
    const path = join(folder, 'unpacked', place, 'nats-server');
    if (existsSync(path)) return { path };
  }
  return { reason: 'the package has no nats-server in it' };
}

/** An apt of our own: its lists, cache and sources in `folder`; the machine's are not touched. */
async function ownApt(folder: string, mirror: string, suite: string): Promise<readonly string[]> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const sources = join(folder, 'sources.list');
  await writeFile(sources, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false',
    'Acquire::http::Timeout=5',
    'Acquire::https::Timeout=5',
    'Acquire::Retries=0',
    'APT::Update::Error-Mode=any',
    'APT::Update::Post-Invoke::=true',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

const plain = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
});
