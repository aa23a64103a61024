/** A standby whose pool's owner is dead, and that cannot take over, reports it. */
import { expect, it, onTestFinished } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { ConfiguredServer, user, users } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';
import { PoolNode } from '../cluster/pool-nodes.ts';

const mesh = 'orphaned';
const first = user('first');
const allowed = users(first, user('second'));
const mayNotClaim = users(first, user('second', `publish: { allow: ">", deny: "${mesh}.own.>" }, subscribe: ">"`));

it('Health names the dead owner of the pool until the standby can take over', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  await using server = await ConfiguredServer.start(mayNotClaim);
  const owner = new PoolNode(server.url('first'), mesh, 1);
  const [, id] = await owner.command.line(/^ready (\S+) serving$/);
  await using transport = await connectJetStream({ url: server.url('second'), mesh, say: () => undefined });
  let counted = 0;
  const worker = listener('worker', ['count'], () => void counted++);
  await using standby = await startNode({ agents: [worker] }, { transport, mesh });
  expect(standby.health).toEqual({ status: 'ok', ready: true, reasons: [], standbyFor: id });

  owner.signal('SIGKILL');
  const reason = `the pool is owned by node "${id}", which does not answer`;
  await until('health names it', () => standby.health.reasons.includes(reason));
  expect(standby.health).toMatchObject({ status: 'degraded', ready: false, standbyFor: id });
  await standby.tell('worker', { intent_type: 'count' });

  await server.configure(allowed);
  await server.reload();
  await until('health is ok', () => standby.health.status === 'ok', 180_000);
  expect(standby.standing).toEqual({ kind: 'serving' });
  await standby.whenIdle();
  expect(counted).toBe(1);
  expect(warnings).toEqual([]);
});
