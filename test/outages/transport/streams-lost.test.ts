/** Streams that are deleted, or lost with their store, under a living node. */

import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { ConfiguredServer } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';

let server: ConfiguredServer;
beforeAll(async () => {
  server = await ConfiguredServer.start('');
});
afterAll(() => server[Symbol.asyncDispose]());

async function streamsOf(mesh: string): Promise<readonly string[]> {
  const admin = await connect({ servers: server.url() });
  try {
    const names: string[] = [];
    for await (const name of (await admin.jetstreamManager()).streams.names()) names.push(name);
    return names.filter((name) => name.startsWith(`${mesh.toUpperCase()}_`) || name.startsWith(`KV_${mesh}_`)).sort();
  } finally {
    await admin.close();
  }
}

async function deleteStreams(names: readonly string[]): Promise<void> {
  const admin = await connect({ servers: server.url() });
  const manager = await admin.jetstreamManager();
  for (const name of names) await manager.streams.delete(name);
  await admin.close();
}

it.each([
  ['the mailboxes', 'mbx', ['MBX_MBX_MAIN']],
  ['ownership', 'own', ['OWN_STATE']],
  ['the constants', 'con', ['KV_con_mesh']],
  ['the archive and the dead letters', 'arc', ['ARC_ARCHIVE', 'ARC_DEAD']],
  ['everything', 'all', undefined],
])('A node whose %s were deleted recreates them, logs that, and handles later intents', async (_, mesh, deleted) => {
  const lines: string[] = [];
  await using transport = await connectJetStream({ url: server.url(), mesh, say: (line) => void lines.push(line) });
  let handled = 0;
  const failing = listener('failing', ['alert'], () => {
    throw new NonRetryableError('never');
  });
  const app = { agents: [listener('worker', ['alert'], () => void handled++), failing] };
  await using node = await startNode(app, { transport, mesh, partitions: 5 });
  await node.tell('worker', { intent_type: 'alert' });
  await node.whenIdle();
  const before = await streamsOf(mesh);

  await deleteStreams(deleted ?? before);
  await node.tell('worker', { intent_type: 'alert' }, { mode: 'wait', deadlineMs: 60_000 });
  await node.tell('failing', { intent_type: 'alert' }, { mode: 'wait', deadlineMs: 60_000 });
  await until('the second is handled', () => handled >= 2);
  await until('what failed is a dead letter', async () => (await transport.log('dead').last()) > 0);
  if ((deleted ?? before).some((name) => name.startsWith('KV_')))
    await transport.bucket('meshConfig').read('pool.main');
  await until('everything is there again', async () => (await streamsOf(mesh)).join() === before.join());
  for (const name of deleted ?? before) {
    await until('it says so', () =>
      lines.some((line) => line.includes(`"${name}" was gone and has been made again, empty`)),
    );
  }
  await until('the constants are those of before', async () => {
    const entry = await transport.bucket('meshConfig').read('pool.main');
    return entry !== undefined && (JSON.parse(entry.value) as { partitions: number }).partitions === 5;
  });
  await until('all is well', () => node.health.status === 'ok');
  expect(lines.every((line, i) => lines.indexOf(line) === i)).toBe(true);
});

it('A node whose server returns with an empty store starts anew, and logs what is lost', async () => {
  await using wiped = await ConfiguredServer.start('');
  const lines: string[] = [];
  await using transport = await connectJetStream({
    url: wiped.url(),
    mesh: 'wiped',
    say: (line) => void lines.push(line),
  });
  let handled = 0;
  const app = { agents: [listener('worker', ['alert'], () => void handled++)] };
  await using node = await startNode(app, { transport, mesh: 'wiped' });
  await node.tell('worker', { intent_type: 'alert' });
  await node.whenIdle();
  await wiped.stop();
  await wiped.wipe();
  await wiped.start();
  await node.tell('worker', { intent_type: 'alert' }, { mode: 'wait', deadlineMs: 60_000 });
  await until('the second is handled', () => handled >= 2);
  await until('all is well', () => node.health.status === 'ok');
  expect(lines.filter((line) => line.includes('made again'))).toHaveLength((await namesOn(wiped)).length);
});

async function namesOn(of: ConfiguredServer): Promise<readonly string[]> {
  const admin = await connect({ servers: of.url() });
  const names: string[] = [];
  for await (const name of (await admin.jetstreamManager()).streams.names()) names.push(name);
  await admin.close();
  return names;
}

it('A stream with other settings in place of a deleted one is refused with a sentence, and not touched', async () => {
  const lines: string[] = [];
  await using transport = await connectJetStream({
    url: server.url(),
    mesh: 'taken',
    say: (line) => void lines.push(line),
  });
  const app = { agents: [listener('worker', ['alert'], () => undefined)] };
  await using node = await startNode(app, { transport, mesh: 'taken' });
  await node.whenIdle();
  const admin = await connect({ servers: server.url() });
  const manager = await admin.jetstreamManager();
  await manager.streams.delete('TAKEN_DEAD');
  await manager.streams.add({ name: 'ELSEWHERE', subjects: ['taken.dead.>'] });
  await admin.close();
  void transport
    .log('dead')
    .next(1)
    .catch(() => undefined);
  await until('it is said', () => node.health.reasons.join('\n').includes('subjects overlap with an existing stream'));
  expect(lines.filter((line) => line.includes('subjects overlap'))).toHaveLength(1);
});
