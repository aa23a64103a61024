/** The NATS streams or subjects that hold a mesh's logs and buckets. */
import type { BucketPlace } from './store-declaration.ts';
import { type BucketName, buckets, type LogName, logs } from './stores.ts';
import { subjectOf } from './subject-rules.ts';
import { nameOf, recordSubject } from './subjects.ts';

export interface StorePlace {
  /** The stream's name on the server. */
  readonly stream: string;
  /** A record's or entry's subject is `<prefix>.<key>`. */
  readonly prefix: string;
  /** Prefixes of other stores in the same stream. */
  readonly otherPrefixes: readonly string[];
}

export function logPlace(mesh: string, name: LogName): StorePlace {
  const { stream, subject } = logs[name];
  return { stream: nameOf(mesh, stream).toUpperCase(), prefix: subjectOf(mesh, subject), otherPrefixes: [] };
}

export function bucketPlace(mesh: string, name: BucketName): StorePlace {
  const place: BucketPlace = buckets[name].place;
  if ('bucket' in place) {
    const bucket = nameOf(mesh, place.bucket);
    return { stream: subjectOf(`KV_${bucket}`), prefix: subjectOf('$KV', bucket), otherPrefixes: [] };
  }
  return {
    stream: nameOf(mesh, place.stream).toUpperCase(),
    prefix: subjectOf(mesh, place.subject),
    otherPrefixes: place.otherSubjects.map((subject) => subjectOf(mesh, subject)),
  };
}

/** The stream that holds partition ownership; its sequences are the epochs. It is the first stream of a mesh to be made. */
export const stateStream = (mesh: string): string => bucketPlace(mesh, 'owners').stream;

/** The subject of a partition's ownership record. */
export const ownerSubject = (mesh: string, pool: string, partition: number): string =>
  recordSubject(bucketPlace(mesh, 'owners').prefix, `${pool}.${partition}`);
