import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonConfig, parseConfig } from '../../../runtime/cli/daemon-config.ts';
import { natsUrl } from '../../../runtime/transport/jetstream/index.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-config-'));
  file = join(folder, 'parley.json');
  const document = {
    mesh: 'from_file',
    nats: 'nats://file',
    http: { port: 1 },
    log: 'error',
    drainSeconds: 1,
    token: 'x',
  };
  await writeFile(file, JSON.stringify(document));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a configuration file', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'a key that comes twice',
      Buffer.from('{\n"mesh":"a",\n"mesh":"b"}'),
      'is no JSON: line 3, column 1: key "mesh" comes twice',
    ],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 'it is UTF-16: save it as UTF-8'],
    ['a large number', Buffer.from('{"partitions":9007199254740993}'), 'line 1, column 15: the number at .partitions'],
  ])('A configuration file with %s is refused', (_name, bytes, fault) => {
    expect(() => parseConfig('parley.json', bytes)).toThrow(fault);
  });

  it('A configuration file may begin with a byte order mark', () => {
    expect(parseConfig('parley.json', Buffer.from('\uFEFF{"mesh":"shop"}'))).toEqual({ mesh: 'shop' });
  });

  it('A configuration file with invalid JSON is refused without its content', () => {
    const text = '{"nats":"nats://me:s3cret@host", oops}';
    expect(() => parseConfig('parley.json', text)).toThrow(/line 1, column 34/);
    expect(() => parseConfig('parley.json', text)).not.toThrow(/s3cret|oops/);
  });
});

describe('the settings of a daemon', () => {
  it('The command line comes before the environment, that before the file, that before the default', async () => {
    const given = { config: file, mesh: 'from_words', drain: '3' };
    const env = { PARLEY_MESH: 'from_env', PARLEY_HTTP: '0.0.0.0:2', PARLEY_DRAIN: '2', NATS_URL: '' };
    expect(await daemonConfig(given, env)).toEqual({
      mesh: 'from_words',
      nats: natsUrl('nats://file'),
      data: '.parley/data',
      log: 'error',
      host: '0.0.0.0',
      port: 2,
      drainMs: 3_000,
      token: 'x',
    });
  });

  it('A daemon without options, variables and a file has the defaults', async () => {
    expect(await daemonConfig({}, {})).toMatchObject({ mesh: 'devops', host: '127.0.0.1', port: 0, drainMs: 20_000 });
  });

  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    [':8080', '127.0.0.1', 8080],
    ['[::1]:8080', '::1', 8080],
    ['example.org:1', 'example.org', 1],
  ])('A daemon listens on %s', async (http, host, port) => {
    expect(await daemonConfig({ http }, {})).toMatchObject({ host, port });
  });

  it.each([
    [{ http: '8080' }, {}, 'PARLEY_INVALID_OPTION'],
    [{ log: 'loud' }, {}, 'PARLEY_INVALID_OPTION'],
    [{ drain: 'soon' }, {}, 'PARLEY_INVALID_OPTION'],
    [{}, { PARLEY_DRAIN: ' ' }, 'PARLEY_INVALID_OPTION'],
    [{}, { PARLEY_HTTP: '127.0.0.1:70000' }, 'PARLEY_INVALID_OPTION'],
    [{}, { PARLEY_DATA: 'a\u0000b' }, 'PARLEY_INVALID_OPTION'],
    [{}, { PARLEY_LOG: 'loud' }, 'PARLEY_INVALID_OPTION'],
    [{ config: '/nowhere/parley.json' }, {}, 'PARLEY_CONFIG_FILE'],
  ])('A daemon refuses the address %j', async (given, env, code) => {
    await expect(daemonConfig(given, env)).rejects.toMatchObject({ code });
  });
});

it.each([
  ['{', 'is no JSON'],
  ['[]', 'the document'],
  ['{"meshes":"a"}', 'meshes'],
  ['{"http":{"port":"80"}}', 'http.port'],
  ['{"ingress":{"ratePerSecond":0,"burst":1}}', 'ingress'],
  ['{"ingress":{"ratePerSecond":0}}', '"ingress.ratePerSecond": must be a number of tokens per second from 0.001'],
  ['{"egress":{"ratePerSecond":1,"burst":0.5}}', '"egress.burst": must be a number of tokens from 1 to 10000000'],
  ['{"egress":{"ratePerSecond":1}}', '"egress.burst": must be a number of tokens from 1 to 10000000'],
  ['{"egress":{"ratePerSecond":1,"burst":1,"rate":1}}', '"egress": Unrecognized key: "rate"'],
  ['{"ingress":"of"}', '"ingress": must be "off", or ratePerSecond and burst of a bucket, but is "of"'],
  ['{"intake":{"worker":{"ratePerSecond":-1,"burst":1}}}', '"intake.worker.ratePerSecond": must be a number of tokens'],
])('A configuration file with %s is refused with its place', (text, where) => {
  expect(() => parseConfig('parley.json', text)).toThrow(where);
});
