import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import { compileLimits, type ServerSettings, serverConfig } from '../../../runtime/embedded/server-config.ts';

function configOf(settings: ServerSettings, dataDir = '/data'): string {
  const { serverName, cluster } = settings;
  return serverConfig({ limits: compileLimits(settings), serverName, cluster, dataDir, portsDir: `${dataDir}/ports` });
}

it('The configuration listens on loopback, on a free port, with messages up to 1 MiB', () => {
  expect(configOf({})).toBe(
    [
      'host: "127.0.0.1"',
      'port: -1',
      'ports_file_dir: "/data/ports"',
      'max_payload: 1048576',
      'write_deadline: "10000ms"',
      'jetstream {',
      '  store_dir: "/data"',
      '}',
      '',
    ].join('\n'),
  );
});

it('The configuration writes a cluster with its routes', () => {
  const cluster = { name: 'three', port: 6222, routes: ['nats://127.0.0.1:6223', 'nats://127.0.0.1:6224'] };
  expect(configOf({ serverName: 'n1', cluster })).toContain(
    [
      'cluster {',
      '  name: "three"',
      '  host: "127.0.0.1"',
      '  port: 6222',
      '  routes: ["nats://127.0.0.1:6223", "nats://127.0.0.1:6224"]',
      '}',
    ].join('\n'),
  );
});

it('The configuration limits memory and disk only on request', () => {
  expect(configOf({})).not.toContain('max_memory_store');
  const config = configOf({ maxMemoryBytes: 1000, maxFileBytes: 2000 });
  expect(config).toContain('  max_memory_store: 1000\n  max_file_store: 2000\n');
});

it('The configuration quotes a path whatever is in it', () => {
  expect(configOf({}, '/a "b"\\c')).toContain('store_dir: "/a \\"b\\"\\\\c"');
});

describe('options out of bounds', () => {
  it.each([
    { port: 70_000 },
    { maxPayloadBytes: 1 },
    { writeDeadlineMs: 0 },
    { maxMemoryBytes: -1 },
    { maxFileBytes: 0.5 },
  ])('Options out of bounds are refused by name: %j', (given) => {
    expect(() => compileLimits(given)).toThrow(InvalidOptionError);
    expect(() => compileLimits(given)).toThrow(`natsServer.${Object.keys(given)[0]}`);
  });
});
