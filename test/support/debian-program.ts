/**
 * Finds a program that tests need and the machine may lack: the machine's own, or one from Debian's archive, unpacked beside the
 * project like the nats-server. Installs nothing, needs no root.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { systemClock } from '../../runtime/core/clock.ts';
import { findMirror } from '../../runtime/embedded/debian-mirror.ts';
import type { SearchContext } from '../../runtime/embedded/nats-source.ts';
import { aptFailureText, privateApt } from '../../runtime/embedded/private-apt.ts';
import { type CommandResult, failureText, runCommand } from '../../runtime/embedded/run-command.ts';

export interface DebianProgram {
  readonly name: string;
  /** Its packages, including libraries that a small machine lacks. */
  readonly packages: readonly string[];
  /** Its path, in the package and on a machine that has it installed. */
  readonly path: string;
  /** Fetches it from this suite of Debian, ignoring the machine's own: the version matters. By default the machine's suite. */
  readonly suite?: string;
}

export interface RunnableProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

const cache = resolve('.parley/test-programs');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Finds or fetches the program. @throws Error when both fail: the tests that need it cannot run */
export async function debianProgram(wanted: DebianProgram): Promise<RunnableProgram> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  const places = [`/${wanted.path}`, ...folders.map((folder) => join(folder, wanted.name))];
  const installed = wanted.suite === undefined ? places.find((place) => existsSync(place)) : undefined;
  if (installed !== undefined) return { path: installed, env: process.env };
  const folder = join(cache, wanted.name);
  if (!existsSync(folder)) await fetchInto(folder, wanted);
  const lib = join(folder, 'usr/lib');
  const libraries = (await readdir(lib).catch(() => []))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(lib, name));
  return { path: join(folder, wanted.path), env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } };
}

async function fetchInto(folder: string, { name, packages, ...wanted }: DebianProgram): Promise<void> {
  const context: SearchContext = { clock: systemClock, env: process.env, cacheDir: cache, say: () => undefined };
  const { suite = await ownSuite() } = wanted;
  const mirror = await findMirror(context);
  if (typeof mirror !== 'string') throw new Error(`${name} is not here, nor to be had: ${mirror.reason}`);
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, `${name}-`));
  try {
    const apt = await privateApt(context, temporary, { mirror, suite, keyring, silenceSeconds: 10 });
    check(name, await apt('apt-get', ['update'], 60_000), aptFailureText);
    check(name, await apt('apt-get', ['download', ...packages], 120_000), aptFailureText);
    for (const archive of (await readdir(temporary)).filter((file) => file.endsWith('.deb'))) {
      const options = { cwd: temporary, deadlineMs: 60_000 };
      check(name, await runCommand(systemClock, 'dpkg-deb', ['-x', archive, 'unpacked'], options), failureText);
    }
    // another test file may have been faster
    await rename(join(temporary, 'unpacked'), folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function check(name: string, ran: CommandResult, why: (ran: CommandResult) => string): void {
  if (ran.code !== 0) throw new Error(`${name} is not here, nor to be had from Debian's archive: ${why(ran)}`);
}

/** Returns the machine's own suite: its libraries fit. */
async function ownSuite(): Promise<string> {
  return /^VERSION_CODENAME=(\w+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
}
