/** Debian's archive: with an apt that pretends, and with the machine's own. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findMirror } from '../../../runtime/embedded/debian-mirror.ts';
import { debianSource } from '../../../runtime/embedded/debian-source.ts';
import { isAtLeast } from '../../../runtime/embedded/nats-version.ts';
import { script, searchBench, tempFolder } from './workbench.ts';

function programPath(name: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const apt = programPath('apt-get');
const isDebian = apt !== undefined && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');
const loud = isDebian ? '' : ' (NOT TESTED: this machine has no apt-get, or not the keyring of Debian)';

describe('a machine that is not Debian', () => {
  it('The Debian source reports a machine without apt-get', async () => {
    const { context } = await searchBench({ PATH: '/nowhere' });
    expect(await debianSource().find(context)).toEqual({ reason: 'apt-get is not here' });
  });

  it('The Debian source reports an apt without an archive of Debian', async () => {
    const folder = await tempFolder();
    await script(join(folder, 'apt-get'), 'echo "Packages|main|Ubuntu|Ubuntu|http://archive.example/ubuntu/"');
    const { context } = await searchBench({ PATH: folder });
    expect(await debianSource().find(context)).toEqual({ reason: 'apt is not configured with an archive of Debian' });
  });

  it('The Debian source reports a missing keyring', async () => {
    const folder = await tempFolder();
    await script(join(folder, 'apt-get'), 'echo "Packages|main|Debian|Debian|http://mirror.example/debian/"');
    const { context } = await searchBench({ PATH: folder });
    expect(await debianSource({ keyrings: ['/nowhere.gpg'] }).find(context)).toEqual({
      reason: "Debian's keyring is missing (/nowhere.gpg)",
    });
  });
});

describe.runIf(isDebian)(`with the apt of this machine${loud}`, () => {
  /** The machine's apt, but for the mirror, which is of the test's own. */
  async function withMirror(answer: 'garbage' | 'nothing') {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (answer === 'garbage') response.end('Origin: Debian\nSuite: sid\n');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
    const folder = await tempFolder();
    await script(
      join(folder, 'apt-get'),
      `case " $* " in *" indextargets "*) echo "Packages|main|Debian|Debian|${address}";; *) exec ${apt} "$@";; esac`,
    );
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, no_proxy: '127.0.0.1' };
    return { asked, bench: await searchBench(env) };
  }

  it('The Debian source finds the mirror also before the first apt-get update', async () => {
    const lists = await tempFolder();
    const folder = await tempFolder();
    await script(join(folder, 'apt-get'), `exec ${apt} -o Dir::State::lists=${lists} "$@"`);
    const { context } = await searchBench({ ...process.env, PATH: `${folder}:${process.env.PATH}` });
    expect(await findMirror(context)).toMatch(/\/debian\/?$/);
  });

  it('The Debian source gives up a mirror that does not answer, without asking it for older suites', async () => {
    const { asked, bench } = await withMirror('nothing');
    const answer = await debianSource({ silenceSeconds: 1 }).find(bench.context);
    expect(answer).toEqual({ reason: expect.stringMatching(/^sid: .*Connection (timed out|failed)/) });
    expect(asked.filter((url) => !url.includes('/sid/'))).toEqual([]);
    expect(await readdir(bench.context.cacheDir)).toEqual([]);
  });

  it("The Debian source rejects a mirror whose signature is not Debian's", async () => {
    const { bench } = await withMirror('garbage');
    expect(await debianSource({ suites: ['sid'] }).find(bench.context)).toEqual({
      reason: expect.stringMatching(/^sid: /),
    });
    expect(bench.said).toEqual(['nats-server: looking in Debian (sid)']);
  });

  it('The Debian source fetches the newest server, and leaves nothing else', async (test) => {
    const { context, said } = await searchBench(process.env);
    const start = performance.now();
    const answer = await debianSource().find(context);
    if ('reason' in answer && /resolve|connect|timed out/i.test(answer.reason)) {
      test.skip(`NOT TESTED: the mirror of Debian cannot be reached: ${answer.reason}`);
    }
    console.log(`${said.join('\n')}\nfetched through apt in ${Math.round(performance.now() - start)} ms`);
    expect(answer).toMatchObject({ path: expect.stringContaining(context.cacheDir) });
    const version = 'version' in answer ? answer.version : '';
    expect(isAtLeast(version, '2.12.0')).toBe(true);
    expect(await readdir(context.cacheDir)).toEqual([version]);
  });
});
