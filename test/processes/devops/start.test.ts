/** `npm start` as a newcomer sees it, on real parts. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../actors/devops/totals.ts';
import { runParley, runScript } from '../../support/command.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { storedFolder, tempFolder } from '../../support/pglite-store.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

const script = 'actors/devops/start.ts';
let folder: string;

beforeEach(async () => {
  folder = await storedFolder();
});

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runScript(script, ['--data', folder, ...args], { DATABASE_URL: '', PARLEY_MODEL_DIR: '', ...env });

async function series(length: number): Promise<string> {
  const rows = Array.from({ length }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1) + i * 300_000).toISOString().slice(0, 19).replace('T', ' ');
    return `${at},${50 + 30 * Math.sin(i / 20) + ((i * 7919) % 13)}`;
  });
  const path = join(folder, 'load.csv');
  await writeFile(path, `timestamp,value\n${rows.join('\n')}\n`);
  return path;
}

describe('npm start', () => {
  it('npm start shows the three scenarios side by side, and explains one decision', async () => {
    const run = start(['--ticks', '80', '--seed', '2']);
    expect(await run.ended).toBe(0);
    const text = run.lines.join('\n');
    expect(text).toMatch(/acting alone +autoscaler +mesh\nflips +\d+ +\d+ +\d+\nUSD .*\nSLA violations/);
    for (const part of ['what was read:', 'what was weighed:', 'policy: ', 'why: ', 'expected: ', 'came of it: ']) {
      expect(text).toContain(part);
    }
    const id = /parley traces show (trace_[0-9a-f]+)/.exec(text)?.[1] ?? '';
    const shown = runParley(['--data', folder, 'traces', 'show', id], { DATABASE_URL: '' });
    expect(await shown.ended).toBe(0);
    expect(shown.lines.join('\n')).toContain(id);
    const scaled = ['--data', folder, 'traces', 'query', 'selected_action.scale_factor > 1', '--json'];
    const queried = runParley(scaled, { DATABASE_URL: '' });
    expect(await queried.ended).toBe(0);
    expect(queried.lines.length).toBeGreaterThan(0);
  });

  it('npm start --json prints one object and nothing else', async () => {
    const run = start(['--json', '--seed', '7', '--ticks', '60']);
    expect(await run.ended).toBe(0);
    expect(run.lines).toHaveLength(1);
    const totals = {
      flips: expect.any(Number) as number,
      cost_usd: expect.any(Number) as number,
      sla_violations: expect.any(Number) as number,
    };
    expect(JSON.parse(run.lines[0] ?? '')).toEqual({
      seed: 7,
      uncoordinated: totals,
      autoscaler: totals,
      mesh: {
        ...totals,
        intents: expect.any(Number) as number,
        denied: expect.any(Number) as number,
        approvals: expect.any(Number) as number,
      },
    });
  });

  it('npm start gives the same result on named servers, and says that it uses them', async (test) => {
    const load = ['--seed', '2', '--ticks', '60'];
    await using postgres = await PostgresServer.start(test);
    await using redis = await RedisServer.start(test);
    await using nats = await startTestServer();
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, NATS_URL: nats.url };
    const [embedded, named] = [start([...load, '--json']), start(load, env)];
    expect([await embedded.ended, await named.ended]).toEqual([0, 0]);
    const { mesh } = JSON.parse(embedded.lines[0] ?? '') as RunResult;
    const said = named.lines.join('\n');
    for (const url of [nats.url, redis.url, `postgres://127.0.0.1:${postgres.port}`]) expect(said).toContain(url);
    expect(said).not.toContain('secret');
    const end = `${mesh.flips} flips, ${mesh.cost_usd.toFixed(2)} USD, ${mesh.sla_violations} SLA violations`;
    expect(said).toContain(`mesh           tick 60/60: ${end}`);
    expect(said).toContain(`in the mesh: ${mesh.intents} intents`);
  });

  it('npm start replays a recorded series, for as many ticks as it has', async () => {
    const run = start(['--metrics', await series(30)]);
    expect(await run.ended).toBe(0);
    expect(run.lines.join('\n')).toContain('30 ticks of five minutes');
  });

  it('npm start ends with 1 on Ctrl-C, and leaves nothing behind', async () => {
    const run = start(['--ticks', '400']);
    await run.line(/^mesh +tick/);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toContain('stopped by a signal');
  });
});

/** Begins in a folder where nothing was ever stored: in it there must be nothing afterwards either. */
describe('a faulty npm start', () => {
  it.each<[string, readonly string[], NodeJS.ProcessEnv, RegExp, number]>([
    ['an unknown part', ['--without', 'everything'], {}, /"without" must be one of policy, episodes/, 2],
    ['an unknown approver', ['--approve', 'maybe'], {}, /"approve" must be one of ask, auto, deny/, 2],
    ['to ask where there is no terminal', ['--approve', 'ask'], {}, /no terminal/, 2],
    ['a control character in a path', ['--data', 'a\u001bb'], {}, /"data" must be the path of a folder/, 2],
    ['a Redis that is away', [], { REDIS_URL: 'redis://127.0.0.1:1' }, /PARLEY_REDIS_UNAVAILABLE/, 1],
    ['words that make no sense', ['--ticks', 'many'], {}, /whole number/, 2],
  ])('npm start refuses %s before it starts anything', async (_what, args, env, message, code) => {
    folder = await tempFolder();
    const run = start(args, env);
    expect(await run.ended).toBe(code);
    expect(run.errors.join('\n')).toMatch(message);
    expect(run.lines.filter((line) => /^(mesh|acting|autoscaler) /.test(line))).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});
