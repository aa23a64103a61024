/** Two nodes on three servers: an election moves nothing, and a stopped node is replaced. */
import { expect, it } from 'vitest';
import { until } from '../../support/jetstream-rig.ts';
import { startTestCluster } from '../../support/nats-cluster.ts';
import { PoolOfNodes, range, sorted } from './pool-nodes.ts';

it('Killing the leader of the ownership records moves nothing; stopping the node lets the standby serve', async () => {
  await using cluster = await startTestCluster();
  await using pool = await PoolOfNodes.open(cluster.url, 'elected', 3);
  const [first, second] = await pool.pair();
  const leader = await cluster.leaderOf('ELECTED_STATE');
  process.kill(leader?.server.pid ?? 0, 'SIGKILL');
  await pool.count(0, 100);
  await until('the first counts', () => new Set(first.counted).size === 100, 60_000);
  await pool.drained();
  expect([sorted(first.counted), second.counted, second.standing]).toEqual([range(0, 100), [], 'standing_by']);
  first.signal('SIGSTOP');
  await pool.count(100, 600);
  await second.stands('serving');
  await until('the second counts', () => second.counted.length === 500, 60_000);
  first.signal('SIGCONT');
  await first.stands('standing_by');
  expect([first.counted.length, sorted(second.counted)]).toEqual([100, range(100, 600)]);
});
