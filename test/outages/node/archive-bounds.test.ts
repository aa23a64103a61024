/** A finished intent reaches the archive and is acknowledged, whatever its size and the limits of the server. */
import { expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { readGroup } from '../../../runtime/mailbox/archive-group.ts';
import { startNode } from '../../../runtime/node/node.ts';
import type { RecordLog } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { startTestServer } from '../../support/nats-server.ts';

interface Load {
  readonly intents: number;
  readonly bytes: number;
  readonly partitions: number;
  /** Of the server; 1 MiB when left out. */
  readonly maxPayloadBytes?: number;
}

const mesh = 'bounds';

/** Sends the load to agents spread over the partitions, and waits until the store holds none of it. */
async function handled({ intents, bytes, partitions, maxPayloadBytes }: Load) {
  await using server = await startTestServer(maxPayloadBytes === undefined ? {} : { maxPayloadBytes });
  await using transport = await connectJetStream({ url: server.url, mesh });
  const seen: number[] = [];
  const worker = listener('worker', ['alert'], ({ context }) => void seen.push(Number(context.n)));
  await using node = await startNode({ agents: [worker] }, { transport, mesh, partitions, egress: 'off' });
  const text = 'x'.repeat(bytes);
  await Promise.all(
    Array.from({ length: intents }, (_, n) =>
      node.tell(`worker/${n % (partitions * 4)}`, { intent_type: 'alert', context: { n, text } }, { mode: 'wait' }),
    ),
  );
  await node.whenIdle();
  const archived: number[] = [];
  for await (const payload of payloads(transport.log('archive'))) {
    archived.push(...readGroup(payload).map(({ intent }) => Number((intent as Intent).context.n)));
  }
  return { seen, archived, notes: await transport.log('dead').last() };
}

async function* payloads(log: RecordLog): AsyncGenerator<Uint8Array> {
  for (let next = await log.next(1); next !== undefined; next = await log.next(next.seq + 1)) yield next.payload;
}

const sorted = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => a - b);

it.each<[string, Load]>([
  ['60 intents of 200 KB in one partition', { intents: 60, bytes: 200_000, partitions: 1 }],
  ['1,500 intents of 60 KB in 16 partitions', { intents: 1_500, bytes: 60_000, partitions: 16 }],
  ['a server that takes 64 KiB', { intents: 400, bytes: 9_000, partitions: 2, maxPayloadBytes: 64 * 1024 }],
  ['a server that takes 8 MiB', { intents: 120, bytes: 200_000, partitions: 2, maxPayloadBytes: 8 * 1024 ** 2 }],
  ['a server that takes 4 KiB', { intents: 300, bytes: 100, partitions: 1, maxPayloadBytes: 4 * 1024 }],
])('A node archives and acknowledges each of %s once', async (_what, load) => {
  const { seen, archived, notes } = await handled(load);
  const all = Array.from({ length: load.intents }, (_, n) => n);
  expect(sorted(seen)).toEqual(all);
  expect(sorted(archived)).toEqual(all);
  expect(notes).toBe(0);
});
