/**
 * Fetches nats-server from Debian's archive: the newest suite whose version runs here, through the machine's apt, with Debian's
 * keyring. Downloads and unpacks it beside the project; installs nothing, needs no root.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findMirror } from './debian-mirror.ts';
import { type Answer, isMiss, type NatsSource, type SearchContext } from './nats-source.ts';
import { isAtLeast, oldestVersion } from './nats-version.ts';
import { type Apt, aptFailureText, isUnreachable, privateApt } from './private-apt.ts';
import { failureText, runCommand } from './run-command.ts';
import { intoCache, probeBinary } from './server-cache.ts';

const askMs = 30_000;
const indexMs = 60_000;
const downloadMs = 60_000;

export interface DebianSettings {
  /** Newest first. Stable is last: its version is too old at present, but will not be for ever. */
  readonly suites: readonly string[];
  /** The two names of Debian's keyring. */
  readonly keyrings: readonly string[];
  readonly silenceSeconds: number;
}

const defaults: DebianSettings = Object.freeze({
  suites: ['sid', 'testing', 'stable'],
  keyrings: ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'],
  silenceSeconds: 5,
});

export function debianSource(given: Partial<DebianSettings> = {}): NatsSource {
  const { suites, keyrings, silenceSeconds }: DebianSettings = { ...defaults, ...given };
  return {
    name: "Debian's archive, through apt",
    remote: true,
    async find(context) {
      const mirror = await findMirror(context);
      if (typeof mirror !== 'string') return mirror;
      const keyring = keyrings.find((path) => existsSync(path));
      if (keyring === undefined) return { reason: `Debian's keyring is missing (${keyrings.join(', ')})` };
      return intoCache(context, async (folder) => {
        const reasons: string[] = [];
        for (const suite of suites) {
          const place = join(folder, suite);
          const apt = await privateApt(context, place, { mirror, suite, keyring, silenceSeconds });
          const answer = await fromSuite(context, apt, suite, place);
          if (!isMiss(answer)) return answer;
          reasons.push(`${suite}: ${answer.reason}`);
          if (answer.unreachable) break;
        }
        return { reason: reasons.join('; ') };
      });
    },
  };
}

type SuiteAnswer = Answer & { readonly unreachable?: boolean };

async function fromSuite(context: SearchContext, apt: Apt, suite: string, folder: string): Promise<SuiteAnswer> {
  context.say(`nats-server: looking in Debian (${suite})`);
  const updated = await apt('apt-get', ['update'], indexMs);
  if (updated.code !== 0) return { reason: aptFailureText(updated), unreachable: isUnreachable(updated) };
  const known = await apt('apt-cache', ['show', '--no-all-versions', 'nats-server'], askMs);
  const version = /^Version: (\d+\.\d+\.\d+)/m.exec(known.stdout)?.[1];
  if (version === undefined) return { reason: 'it has no nats-server' };
  if (!isAtLeast(version, oldestVersion)) return { reason: `it has ${version}, which is too old` };
  context.say(`nats-server: fetching ${version} from Debian (${suite})`);
  const downloaded = await apt('apt-get', ['download', 'nats-server'], downloadMs);
  if (downloaded.code !== 0) return { reason: aptFailureText(downloaded), unreachable: isUnreachable(downloaded) };
  return unpack(context, folder);
}

async function unpack(context: SearchContext, folder: string): Promise<Answer> {
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return { reason: 'apt-get download brought no package' };
  const ran = await runCommand(context.clock, 'dpkg-deb', ['-x', archive, 'unpacked'], {
    cwd: folder,
    env: context.env,
    deadlineMs: askMs,
    signal: context.signal,
  });
  if (ran.code !== 0) return { reason: `dpkg-deb: ${failureText(ran)}` };
  const places = ['usr/sbin', 'usr/bin'].map((place) => join(folder, 'unpacked', place, 'nats-server'));
  const path = places.find((place) => existsSync(place));
  return path === undefined ? { reason: 'the package has no nats-server in it' } : probeBinary(context, path);
}
