/** Plans the streams of a mesh's stores, as the catalogue (`core/stores.ts`) declares them. */
import type {
  BucketDeclaration,
  BucketProtection,
  LogDeclaration,
  StoreDeclaration,
} from '../../core/store-declaration.ts';
import { bucketPlace, logPlace, type StorePlace } from '../../core/store-places.ts';
import { type BucketName, bucketNames, buckets, type LogName, logNames, logs } from '../../core/stores.ts';
import { allKeys, recordPattern } from '../../core/subjects.ts';
import { bytesOf, sizeOf } from './stream-sizes.ts';
import { consumersOf, type Making, nanoseconds, type StreamPlan, soundStream } from './streams.ts';

/** Returns the plans; the first stream shows whether the mesh is new. */
export function storePlans(mesh: string, making: Making): readonly [StreamPlan, ...StreamPlan[]] {
  return [
    bucketPlan(mesh, 'owners', making),
    ...bucketNames.filter((name) => name !== 'owners').map((name) => bucketPlan(mesh, name, making)),
    ...logNames.map((name) => logPlan(mesh, name, making)),
  ];
}

/** Plans a log, whose records are kept by age and bytes. */
function logPlan(mesh: string, name: LogName, making: Making): StreamPlan {
  const declared: LogDeclaration = logs[name];
  const { maxRecords, maxPerKey, dedupeMs } = declared;
  const config = {
    ...(maxRecords > 0 ? { max_msgs: maxRecords } : {}),
    ...(maxPerKey > 0 ? { max_msgs_per_subject: maxPerKey } : {}),
    duplicate_window: nanoseconds(dedupeMs),
  };
  return planOf(logPlace(mesh, name), declared, making, config, {});
}

/** Plans a bucket, which keeps the last value of each key. A full one still accepts a value that is no larger than the one before it. */
function bucketPlan(mesh: string, name: BucketName, making: Making): StreamPlan {
  const declared: BucketDeclaration = buckets[name];
  const config = {
    max_msgs_per_subject: 1,
    // key-value clients remove with a rollup; beside other subjects it could remove those
    allow_rollup_hdrs: 'bucket' in declared.place,
    ...protections[declared.protection],
  };
  const needs = {
    ...(declared.mustKeep ? { max_age: 0 } : {}),
    ...(declared.protection === 'guarded' ? { deny_delete: true, deny_purge: true, allow_direct: false } : {}),
  };
  return planOf(bucketPlace(mesh, name), declared, making, config, needs);
}

const protections: Readonly<Record<BucketProtection, object>> = {
  none: { deny_delete: false },
  no_deletes: { deny_delete: true },
  guarded: { deny_delete: true, deny_purge: true, allow_rollup_hdrs: false, allow_direct: false },
};

function planOf(
  { stream, prefix, otherPrefixes }: StorePlace,
  declared: StoreDeclaration,
  making: Making,
  config: object,
  needs: object,
): StreamPlan {
  const size = sizeOf(declared);
  return {
    size,
    config: {
      name: stream,
      subjects: [...otherPrefixes, prefix].map((each) => recordPattern(each, allKeys)),
      retention: 'limits',
      discard: declared.whenFull === 'drop_oldest' ? 'old' : 'new',
      max_age: declared.maxAgeDays * dayNs,
      allow_direct: true,
      ...config,
      storage: 'file',
      max_bytes: bytesOf(size, making.scale, making.maxStreamBytes),
      max_consumers: consumersOf(making),
      num_replicas: making.replicas,
    },
    needs: { ...soundStream, retention: 'limits', ...needs },
    given: making.replicasOption === undefined ? {} : { num_replicas: making.replicasOption },
  };
}

const dayNs = nanoseconds(24 * 3_600_000);
