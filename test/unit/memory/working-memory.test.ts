import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { natsWorkingMemory } from '../../../runtime/memory/nats-working-memory.ts';
import { workingLimits } from '../../../runtime/memory/working-memory.ts';
import type { KeyValueStore } from '../../../runtime/transport/index.ts';
import type { ContractRig } from '../../contract/contract-rig.ts';
import { workingMemoryContract } from '../../contract/memory/working-contract.ts';
import { simulatedRig } from '../transport/simulated-rig.ts';

workingMemoryContract('the simulated store', async () => {
  const [rig, elsewhere, clock] = [await simulatedRig(), await simulatedRig(), new ManualClock()];
  const memoryOf = async ({ connect }: ContractRig) =>
    natsWorkingMemory((await connect()).bucket('working'), { clock });
  const shortMs = 5;
  return {
    memory: await memoryOf(rig),
    other: await memoryOf(rig),
    elsewhere: await memoryOf(elsewhere),
    shortMs,
    async pass(isOver) {
      clock.advance(shortMs);
      expect(await isOver()).toBe(true);
    },
    async [Symbol.asyncDispose]() {
      await rig.dispose();
      await elsewhere.dispose();
    },
  };
});

describe('working memory in a key-value bucket', () => {
  let rig: ContractRig;
  let store: KeyValueStore;
  beforeEach(async () => {
    rig = await simulatedRig();
    store = (await rig.connect()).bucket('working');
  });
  afterEach(() => rig.dispose());

  it('A value in a key-value bucket lives exactly as long as requested, an hour by default', async () => {
    const clock = new ManualClock();
    const memory = natsWorkingMemory(store, { clock });
    await memory.set('s', 'k', 1);
    await memory.set('s', 'day', 1, { ttlMs: workingLimits.longestTtlMs });
    clock.advance(workingLimits.ttlMs - 1);
    expect(await memory.get('s', 'k')).toBe(1);
    clock.advance(1);
    expect(await memory.get('s', 'k')).toBeUndefined();
    expect(await memory.entries('s')).toEqual({ day: 1 });
  });

  it('Replaced, evicted, deleted and expired values leave only the index of their scope', async () => {
    const clock = new ManualClock();
    const memory = natsWorkingMemory(store, { clock });
    for (let n = 0; n < 70; n++) await memory.set('s', `k${n % 66}`, n);
    await memory.set('s', 'short', 1, { ttlMs: 10 });
    expect(await store.list('s')).toHaveLength(workingLimits.entries + 1);
    clock.advance(10);
    await memory.delete('s', 'k60');
    expect(await store.list('s')).toHaveLength(workingLimits.entries - 1);
    await memory.clear('s');
    expect((await store.list('s')).map(({ key }) => key)).toEqual(['s.index']);
  });

  it('A lost value is absent, and does not keep others from being read', async () => {
    const memory = natsWorkingMemory(store);
    await memory.set('s', 'lost', 1);
    for (const { key } of await store.list('s')) if (key !== 's.index') await store.remove(key);
    await memory.set('s', 'kept', 2);
    expect(await memory.get('s', 'lost')).toBeUndefined();
    expect(await memory.entries('s')).toEqual({ kept: 2 });
  });

  it('A read during a write finds one value or the other', async () => {
    const [memory, other] = [natsWorkingMemory(store), natsWorkingMemory((await rig.connect()).bucket('working'))];
    await memory.set('s', 'k', 0);
    const writing = (async () => {
      for (let n = 1; n <= 50; n++) await memory.set('s', 'k', n);
    })();
    const seen: unknown[] = [];
    for (let n = 0; n < 50; n++) seen.push(await other.get('s', 'k'));
    await writing;
    expect(seen.filter((value) => typeof value !== 'number')).toEqual([]);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
  });
});
