/** The catalogue is the one file below the users of stores that names them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BucketPlace } from '../../../runtime/core/store-declaration.ts';
import { bucketNames, buckets, logNames, logs } from '../../../runtime/core/stores.ts';

const catalogue = 'runtime/core/stores.ts';
const names = new Set<string>([...logNames, ...bucketNames]);

const adapters = readdirSync('runtime/transport', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('runtime/transport', name));
const sources = [...adapters, 'runtime/core/subjects.ts', 'runtime/core/store-places.ts'];

/** Names of stores that a text has: as strings, as properties, and before `Stream`, `Bucket` or `Prefix`. */
function namedIn(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  return [...names].filter((name) =>
    new RegExp(`['"\`]${name}['"\`]|\\bthis\\.${name}\\b|\\b${name}(Stream|Bucket|Prefix)\\b`).test(code),
  );
}

it('The check sees a named store', () => {
  expect(namedIn("const kept = ['archive', 'dead'];")).toEqual(['archive', 'dead']);
  expect(namedIn('return deadStream(mesh) + this.working;')).toEqual(['dead', 'working']);
  expect(namedIn("/** transport.log('archive') */ const name = 1; // 'dead'")).toEqual([]);
  expect(namedIn(readFileSync(catalogue, 'utf8'))).toContain('archive');
});

it('The sources name a store in the catalogue alone, but for the ownership records that fence every adapter', () => {
  const listing = sources
    .map((file) => ({ file, named: namedIn(readFileSync(file, 'utf8')).filter((name) => name !== 'owners') }))
    .filter(({ named }) => named.length > 0);
  expect(sources.length).toBeGreaterThan(60);
  expect(listing).toEqual([]);
});

it('The catalogue gives every store a stream and subjects of its own', () => {
  const places: readonly BucketPlace[] = bucketNames.map((name) => buckets[name].place);
  const streams = [
    ...logNames.map((name) => logs[name].stream),
    ...places.map((place) => ('bucket' in place ? `KV_${place.bucket}` : place.stream)),
  ];
  const subjects = [
    ...logNames.map((name) => logs[name].subject),
    ...places.flatMap((place) => ('bucket' in place ? [] : [place.subject, ...place.otherSubjects])),
  ];
  expect(new Set(streams).size).toBe(streams.length);
  expect(new Set(subjects).size).toBe(subjects.length);
});
