/** An invalid command line gives one sentence and exit code 2, and starts nothing; a missing part of the machine gives exit code 1. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type RunningCommand, runParley } from '../../support/command.ts';

const app = 'test/processes/cli/fixtures/app.ts';

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-usage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function expectRefusal(run: RunningCommand, code: number, pattern: RegExp): Promise<void> {
  expect(await run.ended).toBe(code);
  expect(run.errors.join('\n')).toMatch(pattern);
  expect(run.errors.join('\n')).not.toMatch(/^\s+at /m);
  expect(run.lines).toEqual([]);
}

it.each<[string, readonly string[], RegExp]>([
  ['--http without a port', ['--http', 'x'], /"http" must be host:port, such as 127.0.0.1:8080, but is "x"/],
  ['--http with a port above 65535', ['--http', '127.0.0.1:65536'], /"http" must be host:port.*PARLEY_INVALID_OPTION/],
  ['--drain with a word', ['--drain', 'soon'], /"drain" must be a number of seconds from 0 to 3600, but is "soon"/],
  ['--drain with nothing', ['--drain', ''], /"drain" must be a number of seconds/],
  ['--drain with a hexadecimal number', ['--drain', '0x10'], /"drain" must be a number of seconds/],
  ['--log with an unknown level', ['--log', 'loud'], /"log" must be one of debug, info, warn, error, silent/],
  ['--mesh with a blank', ['--mesh', 'No Mesh'], /"No Mesh".*PARLEY_INVALID_ID/],
  ['--data with nothing', ['--data', ''], /"data" must be the path of a folder.*PARLEY_INVALID_OPTION/],
  ['--data with a control character', ['--data', 'a\u001b[2Jb'], /"data" must be the path of a folder/],
])('run ends with 2 for %s', async (_what, words, pattern) => {
  await expectRefusal(runParley(['run', app, ...words]), 2, pattern);
});

it.each([
  ['ps', ['ps']],
  ['doctor', ['doctor']],
  ['send', ['send', 'nobody', 'alert']],
  ['traces list', ['traces', 'list']],
])('%s ends with 2 for a data folder without a name, or with a control character in it', async (_what, words) => {
  for (const data of ['', 'a\nb', 'a\u0007']) {
    await expectRefusal(runParley(['--data', data, ...words]), 2, /"data" must be the path of a folder/);
  }
});

it.each([
  ['a file', '/etc/passwd'],
  ['a path below a file', '/etc/passwd/data'],
])('ps with %s as data folder names an alternative', async (_what, data) => {
  const advice = /is no folder; name another folder with --data \(PARLEY_DATA_FOLDER_UNUSABLE\)/;
  await expectRefusal(runParley(['--data', data, 'ps']), 1, advice);
});

it('A command without a server names both ways to start one', async () => {
  const run = runParley(['--data', await tempFolder(), 'ps']);
  await expectRefusal(run, 1, /none runs with the data folder .*\n.*"parley run <app>".*"npm start"/);
});

it('An empty data folder in the environment means the default one', async () => {
  const run = runParley(['doctor', '--json'], { PARLEY_DATA: '' });
  await run.ended;
  expect(run.lines.join('\n')).toContain('.parley/data');
});

it('run names the bound that a rate in its configuration file violates', async () => {
  const config = join(await tempFolder(), 'parley.json');
  await writeFile(config, '{"ingress":{"ratePerSecond":0,"burst":1}}');
  const bound = /"ingress.ratePerSecond": must be a number of tokens per second from 0.001 to 10000000, but is 0/;
  await expectRefusal(runParley(['run', app, '--config', config]), 1, bound);
});

it.each([
  [
    'read-only',
    (folder: string) => chmod(folder, 0o555).then(() => folder),
    /is marked read-only|this user may not use it/,
  ],
  ['a file', async () => '/etc/passwd', /there is a file of that name; name another folder/],
  ['below a file', async () => '/etc/passwd/data', /is no folder; name another folder/],
])('doctor rejects a data folder that is %s', async (_what, make, pattern) => {
  const data = await make(await tempFolder());
  const run = runParley(['--data', data, 'doctor', '--json']);
  await run.ended;
  const findings = run.lines.map((line) => JSON.parse(line) as { what: string; state: string; found: string });
  const folder = findings.find(({ what }) => what === 'data folder');
  expect(folder).toMatchObject({ state: 'lacking', found: expect.stringMatching(pattern) as string });
  expect(findings.filter(({ found }) => found.startsWith('NATS_URL'))).toEqual([]);
});
