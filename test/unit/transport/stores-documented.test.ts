/**
 * What READMEs say of stores is written from the catalogue. After a change of it, `npx vitest run --project unit test/unit/transport/stores-documented.test.ts -u` writes them anew.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { BucketDeclaration, LogDeclaration, StoreReader } from '../../../runtime/core/store-declaration.ts';
import { bucketPlace, logPlace } from '../../../runtime/core/store-places.ts';
import { bucketNames, buckets, logNames, logs } from '../../../runtime/core/stores.ts';
import {
  bytesOf,
  poolSize,
  type StreamSize,
  scales,
  sizeOf,
  totalBytes,
} from '../../../runtime/transport/jetstream/stream-sizes.ts';
import { block } from '../../support/documented-roles.ts';

const days = (count: number): string => (count === 0 ? 'for ever' : `${count} ${count === 1 ? 'day' : 'days'}`);
const fullness = { drop_oldest: 'drops the oldest', refuse_new: 'refuses' } as const;
const inMesh = (name: string): string =>
  name.replace('MESH_', '<MESH>_').replace('mesh_', '<mesh>_').replace('mesh.', '<mesh>.');

function row(call: string, stream: string, prefix: string, declared: LogDeclaration | BucketDeclaration): string {
  const { key, description, maxAgeDays, whenFull, writtenBy } = declared;
  const subject = `${inMesh(prefix)}.<key>`;
  const lost =
    'isRestored' in declared && declared.isRestored ? '; nodes write back what they read when it is lost' : '';
  return `| \`${call}\` | \`${inMesh(stream)}\`, \`${subject}\` | \`${key}\` | ${description} | ${writtenBy} | ${days(maxAgeDays)}; full: ${fullness[whenFull]}${lost} |`;
}

/** Every column as wide as its widest cell. */
function padded(table: readonly string[]): string {
  const rows = table.map((line) => line.slice(2, -2).split(' | '));
  const widths = (rows[0] ?? []).map((_cell, column) =>
    rows.reduce((widest, cells) => Math.max(widest, cells[column]?.length ?? 0), 0),
  );
  const fill = (cell: string, column: number): string =>
    cell === '---' ? '-'.repeat(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((cells) => `| ${cells.map(fill).join(' | ')} |`).join('\n');
}

const storesTable = (): string =>
  padded([
    '| call | stream, subject | key | holds | written by | kept |',
    '| --- | --- | --- | --- | --- | --- |',
    ...logNames.map((name) => {
      const { stream, prefix } = logPlace('mesh', name);
      return row(`log('${name}')`, stream, prefix, logs[name]);
    }),
    ...bucketNames.map((name) => {
      const { stream, prefix } = bucketPlace('mesh', name);
      return row(`bucket('${name}')`, stream, prefix, buckets[name]);
    }),
  ]);

const mebibytes = (bytes: number): string => String(bytes / 1024 ** 2);
const sizesRow = (name: string, size: StreamSize): string =>
  `| ${[name, ...scales.map((scale) => mebibytes(bytesOf(size, scale)))].join(' | ')} |`;

const sizesTable = (): string =>
  padded([
    `| MiB | ${scales.map((scale) => (scale === 1 ? 'full' : `1/${1 / scale}`)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(scales.length)}`,
    `| in all | ${scales.map((scale) => mebibytes(totalBytes(scale))).join(' | ')} |`,
    sizesRow('mailboxes of a pool', poolSize),
    ...[...Object.entries(logs), ...Object.entries(buckets)]
      .sort(([, a], [, b]) => b.mib.full - a.mib.full)
      .map(([name, declared]) => sizesRow(name, sizeOf(declared))),
  ]);

/** The text with what stands between the markers of `name` written anew. */
function withGenerated(text: string, name: string, generated: string): string {
  const pattern = new RegExp(`(<!-- ${name}: from runtime/core/stores.ts -->\n\n)[\\s\\S]*?(\n\n<!-- end -->)`);
  expect(text).toMatch(pattern);
  return text.replace(pattern, (_all, start: string, end: string) => `${start}${generated}${end}`);
}

it('The README of the transport describes every store, and its share of the disk', async () => {
  const path = 'runtime/transport/README.md';
  const text = withGenerated(readFileSync(path, 'utf8'), 'stores', storesTable());
  await expect(withGenerated(text, 'sizes', sizesTable())).toMatchFileSnapshot(resolve(path));
});

/** The lines of a role in the permissions that the gateway's README documents. */
function roleOf(user: string): string {
  return new RegExp(`\\{ user: ${user},[\\s\\S]*?\n    \\} \\}`).exec(block)?.[0] ?? '';
}

it('The README of the gateway permits nodes to write every bucket', () => {
  for (const name of bucketNames) {
    const { prefix } = bucketPlace('shop', name);
    const pattern = prefix.startsWith('$KV.') ? `"${prefix}.>"` : '"shop.>"';
    expect({ name, isPermitted: roleOf('node').includes(pattern) }).toEqual({ name, isPermitted: true });
  }
  expect(roleOf('node')).toContain('"shop.>"');
});

it.each<[StoreReader, string]>([
  ['client', 'bob'],
  ['operator', 'operator'],
  ['observer', 'observer'],
])('The README of the gateway permits a %s to read the declared stores, and no other', (reader, user) => {
  const stores = [
    ...logNames.map((name) => ({ ...logPlace('shop', name), readBy: logs[name].readBy })),
    ...bucketNames.map((name) => ({ ...bucketPlace('shop', name), readBy: buckets[name].readBy })),
  ];
  const declared = stores.filter(({ readBy }) => readBy.includes(reader)).map(({ stream }) => stream);
  const permitted = [...roleOf(user).matchAll(/STREAM\.MSG\.GET\.(\w+)"/g)].map(([, stream]) => stream);
  expect(new Set(permitted)).toEqual(new Set(declared));
});
