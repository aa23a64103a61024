/** The reader of service URLs: it accepts any password or explains how to encode it, and shows nothing. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceUrl } from '../../../runtime/core/service-url.ts';
import { readDatabaseUrl } from '../../../runtime/database/database-url.ts';
import { redisUrl } from '../../../runtime/redis/redis-url.ts';
import { natsUrl, serversOf } from '../../../runtime/transport/jetstream/connection-settings.ts';

const readers: Readonly<Record<string, (url: string) => ServiceUrl>> = {
  nats: natsUrl,
  redis: redisUrl,
  postgres: (url) => readDatabaseUrl(url).url,
};

const shown = (value: unknown): string =>
  [String(value), JSON.stringify(value), inspect(value, { depth: 9, showHidden: true })].join('\n');

describe.each(Object.entries(readers))('%s', (scheme, read) => {
  const special = [
    'a/b',
    'a,b',
    'a@b',
    'a#b',
    'a?b',
    'a%b',
    'a%zz',
    'a b',
    'a:b',
    'pässwörd🦜',
    '%2F',
    'a&b=c',
    '[::1]',
    '\\',
  ];

  it.each(special)('A service URL accepts the password %j when it is encoded', (password) => {
    const url = read(`${scheme}://me:${encodeURIComponent(password)}@host:1234`);
    expect(url.reveal()).toEqual({ user: 'me', password });
    expect(url.describe).toBe(`${scheme}://host:1234`);
    expect(new URL(url.revealUrl()).password).toBe(new URL(`x://u:${encodeURIComponent(password)}@h`).password);
  });

  it('A service URL accepts any encoded password, and shows no part of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const secret = `s3cret${text}`;
        const url = read(`${scheme}://${encodeURIComponent(text)}:${encodeURIComponent(secret)}@host:1234`);
        expect(url.reveal()).toEqual({ user: text, password: secret });
        expect(read(url.revealUrl()).reveal()).toEqual(url.reveal());
        expect(shown(url)).not.toContain('s3cret');
      }),
    );
  });

  it('A service URL accepts a plain password, or explains how to encode it, and shows no part of it', () => {
    const characters = fc.constantFrom(...'/,@#?%: &=[]\\äb1.-');
    fc.assert(
      fc.property(fc.array(characters, { minLength: 1, maxLength: 8 }), fc.boolean(), (some, first) => {
        const text = some.join('');
        const secret = first ? `${text}s3cret` : `s3cret${text}`;
        fc.pre(!/%[0-9a-f]{2}/i.test(secret));
        try {
          const url = read(`${scheme}://me:${secret}@host:1234`);
          expect(url.reveal().password).toBe(secret);
          expect(url.describe).toBe(`${scheme}://host:1234`);
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error;
          expect(shown(error) + (error as Error).stack).not.toContain('s3cret');
          expect(String(error)).toMatch(/"\/" is written %2F, "@" %40, "," %2C/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'http://me:secret@host',
    'SCHEME://me:secret@',
    'SCHEME://me:secret@host:port',
    'SCHEME://me:secret@host:99999',
    'SCHEME://me:sec\u0007ret@host',
    'SCHEME://me:secret@host\nx',
    'SCHEME://me:secret%FF@host',
    'SCHEME://me:secret\ud800@host',
  ])('A service URL refuses %j, and shows no part of it', (text) => {
    const url = text.replace('SCHEME', scheme);
    expect(() => read(url)).toThrow(/should look like/);
    expect(() => read(url)).not.toThrow(/secret|sec.ret/);
  });

  it('A service URL accepts IPv6, and surrounding white space', () => {
    const url = read(` ${scheme}://me:x@[::1]:1234\n`);
    expect(url.describe).toBe(`${scheme}://[::1]:1234`);
  });
});

describe('NATS', () => {
  it.each([
    ['nats://me:s/ecret@host', ['nats://host'], 's/ecret'],
    ['nats://me:s#ecret?@host', ['nats://host'], 's#ecret?'],
    ['nats://me:s@ecret@host:1', ['nats://host:1'], 's@ecret'],
    ['nats://me:s,ecret@a,b:2', ['nats://a', 'nats://b:2'], 's,ecret'],
    ['nats://me:12/34@host', ['nats://host'], '12/34'],
    ['nats://me:p@a:1,me:p@b:2', ['nats://a:1', 'nats://b:2'], 'p'],
    ['nats://me:p@a:1,tls://me:p@b:2', ['nats://a:1', 'tls://b:2'], 'p'],
    ['nats://a:1,tls://me:p,q@b:2', ['nats://a:1', 'tls://b:2'], 'p,q'],
    ['me:p/q@host', ['host'], 'p/q'],
  ])('The URL of NATS reads %s', (url, servers, pass) => {
    expect(serversOf(url)).toEqual({ servers, user: 'me', pass });
  });

  it('The URL of NATS accepts a token', () => {
    expect(serversOf('nats://s3cr%2Fet@host')).toEqual({ servers: ['nats://host'], token: 's3cr/et' });
  });

  it.each(['nats://me:123,456@host', 'nats://to,ken@host', 'nats://a:1,me:p@b:2'])(
    'The URL of NATS refuses %s, which may be one server or two',
    (url) => {
      expect(() => natsUrl(url)).toThrow(/NATS_URL cannot be read without doubt.*%2C.*separates servers/);
    },
  );
});

describe('Postgres', () => {
  it.each([
    ['postgres:///db?host=/run/postgresql&user=me', '/run/postgresql', 'me'],
    ['postgres://me:p%2Fq@%2Frun%2Fpostgresql/db', '/run/postgresql', 'me'],
    ['postgres://me:p@/db?host=/run/postgresql', '/run/postgresql', 'me'],
  ])('The URL of Postgres accepts a Unix socket: %s', (url, host, user) => {
    expect(readDatabaseUrl(url)).toMatchObject({ host, user, database: 'db', describe: `postgres://${host}/db` });
  });

  it('The URL of Postgres accepts a password in the query, and does not show it', () => {
    const address = readDatabaseUrl('postgres://host/db?user=me&password=s3cret');
    expect(address.user).toBe('me');
    expect(shown(address)).not.toContain('s3cret');
    expect(address.url.revealUrl()).toContain('password=s3cret');
  });

  it.each(['postgres://me:12/s3cret@host/db', 'postgres://me:s@3/cret@host/db', 'postgres://h/db?password=a@s3cret'])(
    'The URL of Postgres refuses %s, which may mean two things',
    (url) => {
      expect(() => readDatabaseUrl(url)).toThrow(/cannot be read without doubt/);
      expect(() => readDatabaseUrl(url)).not.toThrow(/s3cret|cret@/);
    },
  );
});

it('The URL of Redis refuses a database that is not a number, without showing it', () => {
  expect(() => redisUrl('redis://me:p@host/s3cret')).toThrow(/a database that is no number/);
  expect(() => redisUrl('redis://me:p@host/s3cret')).not.toThrow(/s3cret/);
});
