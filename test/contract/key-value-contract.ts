/** The contract of a compare-and-set key-value store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketNames } from '../../runtime/core/stores.ts';
import { type KeyValueStore, RevisionConflictError, type Transport } from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { Workbench } from './workbench.ts';

export function keyValueContract(make: MakeRig): void {
  describe.each(bucketNames)('the key-value store "%s"', (which) => {
    let bench: Workbench;
    let other: Transport;
    let store: KeyValueStore;
    beforeEach(async () => {
      bench = await Workbench.open(make);
      other = await bench.rig.connect();
      store = bench.transport.bucket(which);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('A key-value store has no entry before the first write', async () => {
      expect(await store.read('main.0')).toBeUndefined();
    });

    it('A key-value store returns the newest value at once, on any connection', async () => {
      const value = '{"node":"ñandú ☃ 🦜"}';
      const revision = await store.write('main.0', value, 0);
      expect(revision).toBeGreaterThan(0);
      expect(await store.read('main.0')).toEqual({ value, revision, storedAt: expect.any(Number) });
      expect(await other.bucket(which).read('main.0')).toEqual({ value, revision, storedAt: expect.any(Number) });
    });

    it('A key-value store gives the time of the last write with each entry', async () => {
      const first = await store.write('main.0', 'same', 0);
      const before = await store.read('main.0');
      await store.write('main.0', 'same', first);
      const after = await other.bucket(which).read('main.0');
      expect(after?.storedAt).toBeGreaterThanOrEqual(before?.storedAt ?? Number.NaN);
      expect(after).toEqual(await store.read('main.0'));
      expect((await store.list('main')).map(({ storedAt }) => storedAt)).toEqual([after?.storedAt]);
    });

    it('A key-value store creates a key only once', async () => {
      const revision = await store.write('main.0', 'first', 0);
      await expect(other.bucket(which).write('main.0', 'second', 0)).rejects.toBeInstanceOf(RevisionConflictError);
      expect(await store.read('main.0')).toMatchObject({ value: 'first', revision });
    });

    it('A key-value store refuses the revision before the newest, and one that never existed', async () => {
      const first = await store.write('main.0', 'one', 0);
      const second = await store.write('main.0', 'two', first);
      await expect(store.write('main.0', 'three', first)).rejects.toBeInstanceOf(RevisionConflictError);
      await expect(store.write('main.1', 'x', second)).rejects.toBeInstanceOf(RevisionConflictError);
      expect(await store.read('main.0')).toMatchObject({ value: 'two', revision: second });
      expect(await store.read('main.1')).toBeUndefined();
    });

    it('A key-value store counts revisions up across its keys, so that none is ever used twice', async () => {
      const revisions = [
        await store.write('main.0', 'a', 0),
        await store.write('main.1', 'b', 0),
        await store.write('main.2', 'c', 0),
      ];
      revisions.push(await store.write('main.0', 'd', revisions[0] ?? 0));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(revisions).size).toBe(4);
    });

    it('A key-value store lets exactly one of two concurrent writers with the same expectation win', async () => {
      for (let round = 0; round < 5; round++) {
        const expected = (await store.read('main.0'))?.revision ?? 0;
        const attempts = [store, other.bucket(which)].map((writer, i) =>
          writer.write('main.0', `${round}-${i}`, expected),
        );
        const results = await Promise.allSettled(attempts);
        const won = results.findIndex(({ status }) => status === 'fulfilled');
        const lost = results.find((result) => result.status === 'rejected');
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(lost?.reason).toBeInstanceOf(RevisionConflictError);
        expect((await store.read('main.0'))?.value).toBe(`${round}-${won}`);
      }
    });
  });

  describe('the entries of a key-value store', () => {
    let bench: Workbench;
    let registry: KeyValueStore;
    beforeEach(async () => {
      bench = await Workbench.open(make);
      registry = bench.transport.bucket('registry');
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('The entries of a key-value store are listed by key prefix, in order, each with its newest value', async () => {
      const first = await registry.write('kind.b', 'old', 0);
      await registry.write('kind.a', '1', 0);
      await registry.write('node.a', '3', 0);
      await registry.write('kind.b', '2', first);
      const found = await registry.list('kind');
      expect(found.map(({ key, value }) => [key, value])).toEqual([
        ['kind.a', '1'],
        ['kind.b', '2'],
      ]);
      expect(await registry.read('kind.b')).toMatchObject({ value: '2', revision: found[1]?.revision });
      expect(await registry.list('nothing')).toEqual([]);
    });

    it('The entries of a key-value store can be removed, more than once, and written again', async () => {
      await registry.write('node.a', '1', 0);
      await registry.remove('node.a');
      await registry.remove('node.a');
      expect(await registry.read('node.a')).toBeUndefined();
      expect(await registry.list('node')).toEqual([]);
      expect(await registry.write('node.a', '2', 0)).toBeGreaterThan(0);
    });
  });

  describe('the key-value stores', () => {
    it('Key-value stores share no keys', async () => {
      await using bench = await Workbench.open(make);
      await bench.transport.bucket('owners').write('main.0', 'owner', 0);
      expect(await bench.transport.bucket('meshConfig').read('main.0')).toBeUndefined();
      expect(await bench.transport.bucket('registry').read('main.0')).toBeUndefined();
    });
  });
}
