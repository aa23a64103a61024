/** `npm start` as a newcomer sees it, on a real nats-server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runScript } from '../../support/command.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { watchMailboxes } from '../../support/watch-mailboxes.ts';

const script = 'actors/devops/start.ts';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const start = (args: readonly string[], env?: NodeJS.ProcessEnv) => runScript(script, ['--data', folder, ...args], env);

/** Five-minute samples around a level, with spikes at the given places. */
async function series(name: string, length: number, spikes: readonly number[]): Promise<string> {
  const rows = Array.from({ length }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1) + i * 300_000).toISOString().slice(0, 19).replace('T', ' ');
    const wobble = ((i * 7919) % 13) / 10;
    return `${at},${spikes.some((place) => i >= place && i < place + 4) ? 260 : 100 + wobble}`;
  });
  const path = join(folder, name);
  await writeFile(path, `timestamp,value\n${rows.join('\n')}\n`);
  return path;
}

describe('npm start', () => {
  it('runs the built-in load to its end with a nats-server of its own', async () => {
    const run = start(['--speed', '5000']);
    expect(await run.ended).toBe(0);
    expect(run.lines.at(-1)).toBe('3 chains, 9 intents, 3 spikes in 2016 samples');
    expect(run.errors).toEqual([]);
  });

  it('gives as many chains as spikes were planted', async () => {
    const file = await series('four.csv', 600, [120, 250, 380, 510]);
    const run = start(['--metrics', file, '--speed', '5000']);
    expect(await run.ended).toBe(0);
    expect(run.lines.at(-1)).toBe('4 chains, 12 intents, 4 spikes in 600 samples');
  });

  it('says so when a flat series gives no chain', async () => {
    const run = start(['--metrics', await series('flat.csv', 300, []), '--speed', '5000']);
    expect(await run.ended).toBe(0);
    expect(run.lines.join('\n')).toContain('no spike was found');
    expect(run.lines.at(-1)).toBe('0 chains, 0 intents, 0 spikes in 300 samples');
  });

  it('shows exactly the intents that a plain NATS client sees', async () => {
    await using server = await startTestServer();
    const stop = await watchMailboxes(server.url, 'watched');
    const run = start(['--mesh', 'watched', '--speed', '5000'], { NATS_URL: server.url });
    expect(await run.ended).toBe(0);
    const seen = await stop();
    const ways = seen.map(({ subject }) => subject.split('.'));
    const inTree = run.lines.filter((line) => /^\s+(└─ )?\+\d+ ms/.test(line));
    expect(ways.map((way) => `${way[6]} -> ${way[4]}`)).toEqual(inTree.map((line) => /(\w+ -> \w+)/.exec(line)?.[1]));
    expect(new Set(seen.map(({ intent_id }) => intent_id)).size).toBe(inTree.length);
  });

  it('completes although its nats-server is killed in the middle', async () => {
    const run = start(['--speed', '700']);
    await run.line(/investigate/);
    const { pid } = await findServer(run.process.pid ?? 0);
    process.kill(pid, 'SIGKILL');
    expect(await run.ended).toBe(0);
    expect(run.lines.at(-1)).toBe('3 chains, 9 intents, 3 spikes in 2016 samples');
    expect(run.lines.join('\n')).toMatch(/connection/);
  });

  it('leaves no nats-server behind when it is killed itself', async () => {
    const run = start(['--speed', '100']);
    await run.line(/watching/);
    const { pid } = await findServer(run.process.pid ?? 0);
    run.process.kill('SIGKILL');
    await run.ended;
    await gone(pid);
  });

  it('ends by itself on Ctrl-C, and leaves nothing behind', async () => {
    const run = start(['--speed', '100']);
    await run.line(/watching/);
    const { pid } = await findServer(run.process.pid ?? 0);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(1);
    await gone(pid);
  });
});

describe('npm start refuses a metrics file', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['that is empty', '', /empty/],
    ['with a wrong header', 'time;load\n', /header/],
    ['with text for a number', 'timestamp,value\n2024-01-01 00:00:00,1\n2024-01-01 00:05:00,much\n', /line 3/],
    ['with a gap', 'timestamp,value\n2024-01-01 00:00:00,1\n\n2024-01-01 00:10:00,2\n', /line 3/],
    ['whose times go backwards', 'timestamp,value\n2024-01-01 00:05:00,1\n2024-01-01 00:00:00,1\n', /line 3/],
  ];
  for (const [what, content, pattern] of cases) {
    it(what, async () => {
      const path = join(folder, 'bad.csv');
      await writeFile(path, content);
      const run = start(['--metrics', path]);
      expect(await run.ended).toBe(1);
      expect(run.errors.join('\n')).toMatch(pattern);
      expect(run.errors.join('\n')).toContain('PARLEY_METRICS_FILE');
    });
  }

  it('that is missing', async () => {
    const run = start(['--metrics', join(folder, 'nowhere.csv')]);
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toContain('no such file');
  });
});

/** The nats-server below a process, however many shells are between. */
async function findServer(parent: number): Promise<{ readonly pid: number }> {
  const { execFileSync } = await import('node:child_process');
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const below = (pid: number): readonly (readonly string[])[] => {
    const children = rows.filter(([, ppid]) => Number(ppid) === pid);
    return [...children, ...children.flatMap(([child]) => below(Number(child)))];
  };
  const found = below(parent).find(([, , name]) => name?.startsWith('nats-server'));
  if (found === undefined) throw new Error(`no nats-server below process ${parent}`);
  return { pid: Number(found[0]) };
}

async function gone(pid: number): Promise<void> {
  const { until } = await import('../../support/jetstream-rig.ts');
  await until(`process ${pid} is gone`, () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}
