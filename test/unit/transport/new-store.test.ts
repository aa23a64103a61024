/** A log and a bucket that stand in the catalogue alone are planned, sized and handed out by everything that deals with stores. */
import { beforeAll, expect, it } from 'vitest';
import { budgets, newBucket, newLog, receipts, withExtendedCatalogue } from '../../support/extended-catalogue.ts';

const load = async () => ({
  ...(await import('../../../runtime/core/manual-clock.ts')),
  ...(await import('../../../runtime/transport/index.ts')),
  ...(await import('../../../runtime/transport/jetstream/store-plans.ts')),
  ...(await import('../../../runtime/transport/jetstream/stream-sizes.ts')),
  ...(await import('../../../runtime/transport/lazy/lazy-transport.ts')),
  ...(await import('../../../runtime/transport/simulated/index.ts')),
});
let product: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  product = await withExtendedCatalogue(load);
});

const making = {
  replicas: 1,
  replicasOption: undefined,
  scale: 1 / 128,
  maxStreamBytes: undefined,
  maxConsumers: undefined,
};

const plan = (stream: string): unknown =>
  product.storePlans('mesh', making).find(({ config }) => config.name === stream);

it('The transport plans the stream of a log that only the catalogue names', () => {
  expect(plan('MESH_RECEIPTS')).toMatchObject({
    config: {
      subjects: ['mesh.rcpt.>'],
      discard: 'old',
      max_age: 5 * 86_400 * 1e9,
      max_msgs: 1_000,
      max_msgs_per_subject: 7,
      duplicate_window: 30 * 1e9,
      max_bytes: 3 * 1024 ** 2,
    },
    needs: { retention: 'limits' },
  });
});

it('The transport plans the stream of a bucket that only the catalogue names, with its fixed settings', () => {
  expect(plan('KV_mesh_budgets')).toMatchObject({
    config: { subjects: ['$KV.mesh_budgets.>'], discard: 'new', max_msgs_per_subject: 1, deny_delete: true },
    needs: { max_age: 0 },
  });
});

it('The transport reserves disk for stores that only the catalogue names', () => {
  const added = receipts.mib.full + budgets.mib.full;
  // 4881 MiB in the README, which has neither
  expect(product.totalBytes(1)).toBe((4881 + added) * 1024 ** 2);
});

it('The simulated store serves stores that only the catalogue names, through a lazy transport', async () => {
  const { driveTo, LazyTransport, ManualClock, SimulatedBroker, SimulatedTransport } = product;
  const clock = new ManualClock();
  const broker = new SimulatedBroker({ mesh: 'sim', clock });
  const driven = { clock, pending: () => broker.pending() };
  const connect = async () => new SimulatedTransport(broker);
  const transport = new LazyTransport({ mesh: 'sim', name: 'a store', clock, say: () => undefined, connect });
  const bucket = transport.bucket(newBucket);
  const revision = await driveTo(driven, 'a write', bucket.write('kind', '5', 0));
  expect(await driveTo(driven, 'a read', bucket.read('kind'))).toMatchObject({ value: '5', revision });
  const record = { key: 'kind', messageId: 'm', payload: Buffer.from('paid') };
  const seq = await driveTo(driven, 'an append', transport.log(newLog).append(record));
  expect(broker.log(newLog).latest('kind')).toMatchObject({ seq, key: 'kind' });
  await driveTo(driven, 'its end', transport.close());
});

it('The transport names its stores when it is asked for an unknown one', () => {
  const { ManualClock, SimulatedBroker, SimulatedTransport, UnknownStoreError } = product;
  const transport = new SimulatedTransport(new SimulatedBroker({ mesh: 'sim', clock: new ManualClock() }));
  expect(() => transport.log('recipts' as typeof newLog)).toThrow(UnknownStoreError);
  expect(() => transport.log('recipts' as typeof newLog)).toThrow(/no log "recipts"; it has .*receipts/);
  expect(() => transport.bucket('budget' as typeof newBucket)).toThrow(/no bucket "budget"; it has .*budgets/);
});
