/** Invariants 1 and 2 while nats-server is killed with -9 and started again. */
import { expect, it } from 'vitest';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import { runLaneLoad } from '../support/lane-load.ts';
import { startTestServer } from '../support/nats-server.ts';

const intents = 20_000;
const kills = 5;

it(`A node handles every confirmed intent in lane order while the server is killed ${kills} times`, async () => {
  await using test = await startTestServer();
  await using transport = await connectJetStream({ url: test.url, mesh: 'killed' });
  let killed = 0;
  const result = await runLaneLoad({
    transport,
    mesh: 'killed',
    intents,
    senders: 40,
    receivers: 50,
    onHandled: (count) => {
      if (killed >= kills || count < ((killed + 1) * intents) / (kills + 1)) return;
      killed++;
      process.kill(test.server.pid, 'SIGKILL');
    },
  });
  console.log(`killed ${killed} times: ${JSON.stringify(result)}`);
  expect(killed).toBe(kills);
  expect(test.server.restarts).toBe(kills);
  expect(result.refused).toEqual([]);
  expect(result.confirmed).toBe(intents);
  expect(result.lost).toEqual([]);
  expect(result.disordered).toEqual([]);
  expect(result.repeatsWithoutReconnect).toBe(0);
  expect(result.reconnects).toBeGreaterThanOrEqual(kills);
});
