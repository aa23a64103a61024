/** `parley.config.json`: read from a file, with all that is checked before a daemon starts anything. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { daemonConfig } from '../../../runtime/cli/daemon-config.ts';
import { compileGateway, type GatewayOptions } from '../../../runtime/gateway/gateway-options.ts';
import { bare, between, type Door } from '../door.ts';
import { checkPrototypes, checkTyped } from '../typed-error.ts';

const whole = {
  mesh: 'shop',
  nats: 'nats://user:pass@127.0.0.1:4222,127.0.0.2:4222',
  redis: 'redis://:secret@localhost:6379/3',
  data: '.parley/data',
  log: 'info',
  http: { host: '127.0.0.1', port: 8_080 },
  token: 'sixteen-characters-long',
  hosts: ['parley.internal'],
  origins: ['https://ops.example'],
  ingress: { ratePerSecond: 10, burst: 20 },
  egress: 'off',
  intake: { worker: { ratePerSecond: 0.5, burst: 1 } },
  limits: { laneCapacity: 100, maxMemoryBytes: 1e9 },
  partitions: 16,
  drainSeconds: 12.5,
};

export function configDoor(folder: string): Door {
  const file = join(folder, 'parley.config.json');
  return {
    name: 'config',
    parallel: 1,
    examples: [
      Buffer.from(JSON.stringify(whole, undefined, 2)),
      Buffer.from('{ "ingress": "off", "http": {"host":"::1"} }'),
    ],
    frames: [
      bare,
      between('{"nats":"', '"}'),
      between('{"http":', '}'),
      between('{"limits":{', '}}'),
      between('{"data":"', '"}'),
    ],
    async attempt(input) {
      await writeFile(file, input);
      try {
        const { host, port, token, hosts, origins, ingress } = await daemonConfig({ config: file }, {});
        compileGateway({ host, port, token, hosts, origins, ingress } as GatewayOptions);
      } catch (error) {
        checkTyped(error);
      }
      checkPrototypes();
    },
  };
}
