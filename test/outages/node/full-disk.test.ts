/** A node reports a full disk, and loses nothing that it has accepted. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { orSkip } from '../../support/or-skip.ts';

const run = promisify(execFile);

it('Health reports that the store accepts no writes, until there is room again', async (test) => {
  await using server = await startTestServer();
  await using transport = await connectJetStream({ url: server.url, mesh: 'full', say: () => undefined });
  const handled: string[] = [];
  const worker = listener('worker', ['alert'], ({ intent_id }) => void handled.push(intent_id));
  await using node = await startNode({ agents: [worker] }, { transport, mesh: 'full' });
  const tell = (intent_id: string, deadlineMs?: number): Promise<unknown> =>
    node.tell('worker', { intent_type: 'alert', intent_id }, deadlineMs === undefined ? {} : { deadlineMs });
  await tell('before');
  await node.whenIdle();
  expect(node.health).toMatchObject({ status: 'ok', ready: true });

  // every further write of this server fails, as on a full disk; another file may be written
  await orSkip(test, run('prlimit', ['--pid', String(server.server.pid), '--fsize=1:unlimited']));
  await expect(tell('meanwhile', 1_000)).rejects.toMatchObject({ code: 'PARLEY_SEND_OUTCOME_UNKNOWN' });
  const reason = /^the store answers, but has stored nothing for \d+\.\d s: its disk may be full/;
  await until('health says why', () => node.health.reasons.some((said) => reason.test(said)));
  expect(node.health).toMatchObject({ status: 'degraded', ready: false });

  // nats-server writes a stream again only when it is started anew
  process.kill(server.server.pid, 'SIGKILL');
  await until('health is ok', () => node.health.status === 'ok', 180_000);
  await tell('meanwhile');
  await node.whenIdle();
  expect(handled).toEqual(['before', 'meanwhile']);
});
