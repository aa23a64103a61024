/** Invariants 1 and 2 on three servers with `replicas: 3`, while the leader of the mailbox stream is killed with -9. */
import { expect, it } from 'vitest';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import { runLaneLoad } from '../support/lane-load.ts';
import { startTestCluster } from '../support/nats-cluster.ts';

const intents = 20_000;
const kills = 2;

it(`A node handles every confirmed intent in lane order while the stream's leader is killed ${kills} times`, async () => {
  await using cluster = await startTestCluster();
  await using transport = await connectJetStream({ url: cluster.url, mesh: 'killed', replicas: 3 });
  let killed = 0;
  let killing = false;
  const killLeader = async (): Promise<void> => {
    // none during an election: a busy machine takes seconds for one
    let leader = await cluster.leaderOf('KILLED_MBX_MAIN');
    while (leader === undefined) leader = await cluster.leaderOf('KILLED_MBX_MAIN');
    killed++;
    process.kill(leader.server.pid, 'SIGKILL');
  };
  const result = await runLaneLoad({
    transport,
    mesh: 'killed',
    replicas: 3,
    intents,
    senders: 40,
    receivers: 50,
    onHandled: (count) => {
      if (killing || killed >= kills || count < ((killed + 1) * intents) / (kills + 2)) return;
      killing = true;
      void killLeader().finally(() => {
        killing = false;
      });
    },
  });
  console.log(`killed ${killed} times: ${JSON.stringify(result)}`);
  expect(killed).toBe(kills);
  expect(result.refused).toEqual([]);
  expect(result.confirmed).toBe(intents);
  expect(result.lost).toEqual([]);
  expect(result.disordered).toEqual([]);
  expect(result.repeatsWithoutReconnect).toBe(0);
});
