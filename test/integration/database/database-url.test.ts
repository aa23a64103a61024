/** `DATABASE_URL`: each fault is explained in one line, and no line contains a password. */
import { describe, expect, it } from 'vitest';
import { readDatabaseUrl } from '../../../runtime/database/database-url.ts';
import { DatabaseUrlError, openDatabase } from '../../../runtime/database/index.ts';

it.each([
  ['postgres://me:secret@db.example/parley', 'postgres://db.example:5432/parley', 'me', 'parley'],
  ['postgresql://db:6543/parley?sslmode=verify-full', 'postgres://db:6543/parley', '', 'parley'],
  ['POSTGRES://me@[::1]:5432/parley', 'postgres://[::1]:5432/parley', 'me', 'parley'],
  ['postgres://me%40home:a%23b@db/with%20blank', 'postgres://db:5432/with blank', 'me@home', 'with blank'],
  ['postgres://me:a#b@db/parley', 'postgres://db:5432/parley', 'me', 'parley'],
  ['postgres://me@db', 'postgres://db:5432/me', 'me', 'me'],
  ['postgres:///parley?host=/run/postgresql&user=me', 'postgres:///run/postgresql/parley', 'me', 'parley'],
])('A database URL is accepted: %s', (url, describe, user, database) => {
  expect(readDatabaseUrl(url)).toMatchObject({ describe, user, database });
});

describe('an invalid URL', () => {
  it.each([
    ['', 'is no URL'],
    ['localhost:5432/parley', 'is no URL'],
    ['mysql://me:secret@db/parley', 'begins with "mysql://" instead of postgres:// or postgresql://'],
    ['https://me:secret@db/parley', 'begins with "https://"'],
    ['postgres:///parley', 'names no host'],
    ['postgres://me:secret@/parley', 'names no host'],
    ['postgres://me:sec#r@et@db/parley', 'cannot be read without doubt, because of an "@" after a "/", "?" or "#"'],
    ['postgres://me:secret@db:port/parley', 'cannot be read'],
    ['postgres://me:secret@db/100%', 'cannot be read: % stands before two hexadecimal digits'],
  ])('A database URL is refused: %s', async (url, fault) => {
    const error = await openDatabase({ mesh: 'shop', url }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseUrlError);
    expect(error).toMatchObject({ code: 'PARLEY_DATABASE_URL', retryable: false });
    const { message } = error as DatabaseUrlError;
    expect(message).toContain(`DATABASE_URL ${fault}`);
    expect(message).not.toMatch(/sec.?ret|\n/);
  });
});
