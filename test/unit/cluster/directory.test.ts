import { expect, it } from 'vitest';
import { Directory, type MeshConfig } from '../../../runtime/cluster/directory.ts';
import { partitionOf } from '../../../runtime/core/partition.ts';
import type { Entry, KeyedEntry } from '../../../runtime/transport/index.ts';
import { codeOf, PoolRig } from '../../support/pool-rig.ts';

/** Constants in memory that count how often they are read. */
class CountedConstants implements MeshConfig {
  reads = 0;
  readonly #entries = new Map<string, Entry>();

  async read(key: string): Promise<Entry | undefined> {
    this.reads++;
    return this.#entries.get(key);
  }

  async write(key: string, value: string, expected: number): Promise<number> {
    if ((this.#entries.get(key)?.revision ?? 0) !== expected) throw new Error(`"${key}" was changed`);
    this.#entries.set(key, { value, revision: expected + 1, storedAt: 0 });
    return expected + 1;
  }

  async list(prefix: string): Promise<readonly KeyedEntry[]> {
    const found = [...this.#entries].filter(([key]) => key.startsWith(`${prefix}.`));
    return found.map(([key, entry]) => ({ key, ...entry }));
  }
}

const made = (): { readonly constants: CountedConstants; readonly directory: Directory } => {
  const constants = new CountedConstants();
  return { constants, directory: new Directory('sim', constants) };
};

it('The directory creates a pool once: its partitions stay unchanged', async () => {
  const { directory } = made();
  expect(await directory.declarePool('main', 4, 16)).toBe(4);
  expect(await directory.declarePool('main', 4, 16)).toBe(4);
  expect(await directory.declarePool('main', undefined, 16)).toBe(4);
  expect(await directory.declarePool('other', undefined, 16)).toBe(16);
});

it('The directory refuses a pool with another number of partitions, naming both', async () => {
  const { directory } = made();
  await directory.declarePool('main', 4, 16);
  const refused = await directory.declarePool('main', 8, 16).catch((error: unknown) => error);
  expect([codeOf(refused), String(refused)]).toEqual([
    'PARLEY_POOL_CONFLICT',
    expect.stringContaining('pool "main" has 4 partitions since it was made, this app wants 8'),
  ]);
});

it('The directory accepts the same kind again, and refuses it in another pool', async () => {
  const { directory } = made();
  await directory.declareKind('agent', 'main');
  await expect(directory.declareKind('agent', 'main')).resolves.toBeUndefined();
  const refused = await directory.declareKind('agent', 'other').catch((error: unknown) => error);
  expect([codeOf(refused), String(refused)]).toEqual([
    'PARLEY_KIND_CONFLICT',
    expect.stringContaining('kind "agent" is known in pool "main", this app declares it in pool "other"'),
  ]);
});

it("The directory finds an agent's mailbox by its kind's pool and the hash of its id", async () => {
  const { directory } = made();
  await directory.declarePool('main', 4, 16);
  await directory.declareKind('agent', 'main');
  for (const key of ['a', 'b', undefined]) {
    const partition = partitionOf(key === undefined ? 'agent' : `agent/${key}`, 4);
    expect(await directory.locate({ kind: 'agent', key })).toEqual({ pool: 'main', partition });
  }
});

it.each(['nobody', 'constructor', '__proto__'])('The directory does not know an undeclared kind: %s', async (kind) => {
  const { directory } = made();
  const refused = await Promise.resolve(directory.locate({ kind, key: 'a' })).catch((error: unknown) => error);
  expect([codeOf(refused), String(refused)]).toEqual([
    'PARLEY_UNKNOWN_AGENT',
    expect.stringContaining(`no agent of kind "${kind}" is known in mesh "sim"`),
  ]);
});

it('The directory knows a kind as soon as a node declares it, after a look-up in vain', async () => {
  const { directory } = made();
  await expect(directory.locate({ kind: 'agent', key: 'a' })).rejects.toThrow();
  await directory.declarePool('main', 1, 16);
  await directory.declareKind('agent', 'main');
  await expect(directory.locate({ kind: 'agent', key: 'a' })).resolves.toMatchObject({ pool: 'main' });
});

it('The directory reads an entry once, also when a thousand ask at once, and answers at once after that', async () => {
  const { constants, directory } = made();
  await directory.declarePool('main', 4, 16);
  await directory.declareKind('agent', 'main');
  constants.reads = 0;
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => directory.locate({ kind: 'agent', key: `k${n}` })));
  expect(constants.reads).toBe(2);
  expect(directory.locate({ kind: 'agent', key: 'a' })).not.toBeInstanceOf(Promise);
});

it('The directory asks again after a failed look-up', async () => {
  const { constants, directory } = made();
  await directory.declarePool('main', 4, 16);
  await directory.declareKind('agent', 'main');
  const { read } = constants;
  constants.read = () => Promise.reject(new Error('no answer'));
  await expect(directory.locate({ kind: 'agent', key: 'a' })).rejects.toThrow('no answer');
  constants.read = read;
  await expect(directory.locate({ kind: 'agent', key: 'a' })).resolves.toMatchObject({ pool: 'main' });
});

it('The directory merges two declarations of the same moment, and refuses exactly one of two that differ', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const rig = new PoolRig(seed);
    rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 20 });
    const [one, other] = [0, 1].map(() => new Directory('sim', rig.process().transport.bucket('meshConfig')));
    const declare = (by: Directory | undefined, pool: string) => [
      by?.declarePool('main', undefined, pool === 'main' ? 4 : 8),
      by?.declareKind('same', 'main'),
      by?.declareKind('differs', pool),
    ];
    const results = await rig.wait(Promise.allSettled([...declare(one, 'main'), ...declare(other, 'other')]));
    const partitions = [results[0], results[3]].map((result) => (result?.status === 'fulfilled' ? result.value : -1));
    expect(partitions[0]).toBe(partitions[1]);
    expect([results[1]?.status, results[4]?.status]).toEqual(['fulfilled', 'fulfilled']);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : []));
    expect(refused).toEqual(['PARLEY_KIND_CONFLICT']);
  }
});
