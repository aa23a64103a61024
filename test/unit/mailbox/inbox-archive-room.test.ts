/** Finished intents that are not archived yet are bounded: agents receive nothing more until the archive has accepted some. */
import { expect, it } from 'vitest';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

const payloadBytes = 1_000;
const padded = (texts: readonly string[]): readonly string[] => texts.map((text) => text.padEnd(payloadBytes, '.'));

/** An archive that takes nothing, and room for eight payloads before it. */
function made(payloadsPerAgent = 100): InboxBench {
  const bench = new InboxBench({ maxMemoryBytes: 64 * payloadBytes, payloadsPerAgent });
  bench.archives = true;
  return bench;
}

it('The inbox hands out nothing more while too much waits for the archive, and resumes when that accepts it', () => {
  const bench = made();
  bench.deliverAll('client/c', padded(numbered('m', 20)));
  expect([bench.handed.length, bench.inbox.counts.unarchivedBytes]).toEqual([8, 8_000]);
  while (bench.unarchived.length > 0) {
    bench.archive(payloadBytes);
    expect(bench.inbox.counts.unarchivedBytes).toBeLessThanOrEqual(8_000);
  }
  expect(bench.handed.map((text) => text.replaceAll('.', ''))).toEqual(numbered('m', 20));
  expect(bench.inbox.counts).toMatchObject({ held: 0, memoryBytes: 0, unarchivedBytes: 0, mailboxes: 0 });
});

it('The inbox holds back payloads that are read again from the store, too', async () => {
  const bench = made(2);
  bench.slow();
  bench.deliverAll('client/c', padded(numbered('m', 40)));
  await bench.finishAll();
  expect([bench.handed.length, bench.inbox.counts.unarchivedBytes]).toEqual([8, 8_000]);
  while (bench.unarchived.length > 0) {
    bench.archive(payloadBytes);
    await bench.finishAll();
  }
  expect(bench.handed.map((text) => text.replaceAll('.', ''))).toEqual(numbered('m', 40));
});

it('The inbox holds back every agent, each in its order, and pulling when memory is full', () => {
  const bench = made();
  for (const to of ['agent/a', 'agent/b', 'agent/c']) bench.deliverAll('client/c', padded(numbered(to, 30)), to);
  expect([bench.handed.length, bench.rooms]).toEqual([8, [false]]);
  while (bench.unarchived.length > 0) bench.archive(payloadBytes);
  for (const to of ['agent/a', 'agent/b', 'agent/c']) {
    const handed = bench.handed.filter((text) => text.startsWith(to)).map((text) => text.replaceAll('.', ''));
    expect(handed).toEqual(numbered(to, 30));
  }
  expect(bench.rooms).toEqual([false, true]);
});

it('The inbox lets replies pass, so that the waiting agents can finish', () => {
  const bench = made();
  bench.deliverAll('client/c', padded(numbered('m', 10)));
  bench.deliver({ text: 'reply', lane: 'r' });
  expect(bench.replies).toHaveLength(1);
});

it('A stopped inbox hands out nothing when the archive accepts again', () => {
  const bench = made();
  bench.deliverAll('client/c', padded(numbered('m', 10)));
  bench.inbox.stop();
  while (bench.unarchived.length > 0) bench.archive(payloadBytes);
  expect(bench.handed).toHaveLength(8);
});
