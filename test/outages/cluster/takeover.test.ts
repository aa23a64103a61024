/** Two processes of one pool on a real server: one serves, the other takes over, and nothing is handled by both. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { PoolOfNodes, range, sorted } from './pool-nodes.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

it('A standby takes over from a killed node, and handles its remaining intents', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'killed');
  const [first, second] = await pool.pair();
  await pool.count(0, 50);
  await pool.drained();
  first.signal('SIGKILL');
  await pool.count(50, 100);
  await second.stands('serving');
  await until('all is counted', () => second.counted.length === 50);
  expect([sorted(first.counted), sorted(second.counted)]).toEqual([range(0, 50), range(50, 100)]);
});

it('A standby takes over at once from a stopping node, which leaves nothing behind', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'stopped');
  const [first, second] = await pool.pair();
  const sent = pool.count(0, 300);
  await until('the first is at it', () => first.counted.length > 20);
  first.signal('SIGTERM');
  expect(await first.command.ended).toBe(0);
  await second.stands('serving');
  await sent;
  await until('all is counted', () => first.counted.length + second.counted.length >= 300);
  expect(sorted([...first.counted, ...second.counted])).toEqual(range(0, 300));
});

it('A stopped process that wakes up handles nothing of its backlog once another serves, and claims again when that one dies', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'zombie');
  const [first, second] = await pool.pair();
  await pool.count(0, 50);
  await pool.tell('tick');
  await first.command.line(/^ticking/);
  await pool.drained();
  first.signal('SIGSTOP');
  // delivered into its socket: no node has taken the partitions over yet
  await pool.count(50, 2_050);
  await second.stands('serving');
  await until('the second counts all of them', () => second.counted.length === 2_000);
  first.signal('SIGCONT');
  await first.stands('standing_by');
  const ticks = first.lines.filter((line) => line.startsWith('tick ')).length;
  expect([first.counted.length, sorted(second.counted)]).toEqual([50, range(50, 2_050)]);

  second.signal('SIGKILL');
  await pool.count(2_050, 2_100);
  await first.stands('serving');
  await until('the first counts again', () => first.counted.length === 100);
  expect(sorted(first.counted)).toEqual([...range(0, 50), ...range(2_050, 2_100)]);
  expect(first.lines.filter((line) => line.startsWith('tick ')).length).toBe(ticks);
});

it('A main loop that is busy for 3 s loses nothing', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'busy');
  const [first, second] = await pool.pair();
  await pool.tell('spin', { ms: 3_000, pid: first.pid });
  await first.command.line(/^spun/);
  await pool.count(0, 50);
  await pool.drained();
  await until('the first counts', () => first.counted.length === 50);
  expect([second.standing, second.counted, first.lines.filter((line) => line.startsWith('lost'))]).toEqual([
    'standing_by',
    [],
    [],
  ]);
});

it('A main loop that is busy for 16 s is replaced, and begins nothing when it is free', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'stuck');
  const [first, second] = await pool.pair();
  await pool.tell('spin', { ms: 16_000, pid: first.pid });
  await first.command.line(/^spin/);
  await pool.count(0, 500);
  await second.stands('serving');
  await until('the second counts', () => second.counted.length === 500);
  await first.stands('standing_by');
  expect([first.counted, sorted(second.counted)]).toEqual([[], range(0, 500)]);
});

it('A lost partition aborts its handlers, and refuses their sends with the epoch', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'aborted');
  const [first, second] = await pool.pair();
  await pool.tell('wait');
  await first.command.line(/^waiting/);
  first.signal('SIGSTOP');
  await second.stands('serving');
  await second.command.line(/^waiting/);
  first.signal('SIGCONT');
  const [, code, epoch] = await first.command.line(/^aborted (\S+) (\d+)$/);
  expect(code).toBe('PARLEY_PARTITION_LOST');
  const [refused] = await first.command.line(/^refused .*$/);
  expect(refused).toBe(`refused PARLEY_PARTITION_LOST ${epoch}`);
  expect(second.counted).toEqual([]);
});

it('One of three nodes that start together serves, and the others follow it one by one', async () => {
  await using pool = await PoolOfNodes.open(server.url, 'three');
  const nodes = await Promise.all([pool.start(), pool.start(), pool.start()]);
  for (let left = 3; left > 0; left--) {
    const living = nodes.filter(({ command }) => command.process.exitCode === null && !command.process.killed);
    await until('one serves', () => living.some(({ standing }) => standing === 'serving'), 40_000);
    await until(
      'the others stand by',
      () => living.filter(({ standing }) => standing === 'standing_by').length === left - 1,
    );
    const serving = living.find(({ standing }) => standing === 'serving');
    await pool.count(100 * left, 100 * left + 50);
    await pool.drained();
    await until('it counts', () => range(100 * left, 100 * left + 50).every((n) => serving?.counted.includes(n)));
    serving?.signal(left === 3 ? 'SIGKILL' : 'SIGTERM');
  }
});
