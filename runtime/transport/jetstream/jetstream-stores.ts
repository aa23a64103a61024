/** The logs and buckets of a mesh on one connection. */
import type { Clock } from '../../core/clock.ts';
import type { Random } from '../../core/random.ts';
import { bucketPlace, logPlace } from '../../core/store-places.ts';
import { buckets } from '../../core/stores.ts';
import type { KeyValueStore } from '../key-value-store.ts';
import type { RecordLog } from '../record-log.ts';
import { StoreSet } from '../store-set.ts';
import type { JetStreamApi } from './api.ts';
import { fencedPublisher } from './fenced-publish.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { JetStreamKeyValueStore } from './jetstream-key-value-store.ts';
import { JetStreamLog } from './jetstream-log.ts';
import type { JetStreamPublisher } from './publisher.ts';
import { RememberedKeyValueStore } from './remembered-key-value-store.ts';
import type { StreamKeeper } from './stream-keeper.ts';
import type { StreamPlan } from './streams.ts';

export interface StoreParts {
  readonly connection: GuardedConnection;
  readonly publisher: JetStreamPublisher;
  readonly api: JetStreamApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly mesh: string;
  readonly plans: readonly StreamPlan[];
  readonly keeper: StreamKeeper;
}

/** Registers the streams with the keeper, and restores remembered entries of a recreated bucket. */
export function jetStreamStores(parts: StoreParts): StoreSet<RecordLog, KeyValueStore> {
  const { connection, api, clock, mesh, plans, keeper } = parts;
  const fenced = fencedPublisher(connection, clock, () => keeper.suspect());
  /** Remembered buckets by the names of their streams. */
  const remembered = new Map<string, RememberedKeyValueStore>();
  const stores = new StoreSet<RecordLog, KeyValueStore>(
    (name) => {
      const { stream, prefix } = logPlace(mesh, name);
      return new JetStreamLog(parts, stream, prefix);
    },
    (name) => {
      const { stream, prefix } = bucketPlace(mesh, name);
      const store = new JetStreamKeyValueStore(api, fenced, stream, prefix);
      if (!buckets[name].isRestored) return store;
      const remembering = new RememberedKeyValueStore(store);
      remembered.set(stream, remembering);
      return remembering;
    },
  );
  for (const plan of plans) {
    const kept = { plan, mayShrink: true };
    const entries = remembered.get(plan.config.name);
    keeper.keep(entries === undefined ? kept : { ...kept, restore: () => entries.restore() });
  }
  return stores;
}
