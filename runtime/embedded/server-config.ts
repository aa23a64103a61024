/** The configuration file of an embedded nats-server (https://docs.nats.io/running-a-nats-service/configuration). */
import { compileOptions, type OptionRules, whole } from '../core/options.ts';

/** Settings for tests of several servers on one machine. Routes are `nats://127.0.0.1:<cluster port>`; needs a `serverName`. */
export interface ClusterSettings {
  readonly name: string;
  /** The port for routes; -1 selects a free one. */
  readonly port: number;
  readonly routes: readonly string[];
}

export interface ServerLimits {
  /** The port for clients; -1 selects a free one. */
  readonly port: number;
  /** The largest message. */
  readonly maxPayloadBytes: number;
  /** A client that accepts no bytes for this time is disconnected. */
  readonly writeDeadlineMs: number;
  /** The time to shut down on request; after that the server is killed. */
  readonly stopMs: number;
  /** For streams in memory; 0 lets the server derive it from the memory of the machine. */
  readonly maxMemoryBytes: number;
  /** For streams on disk; 0: three quarters of the free disk space, but never less than before (`store-limit.ts`). */
  readonly maxFileBytes: number;
}

export interface ServerSettings extends Partial<ServerLimits> {
  readonly serverName?: string;
  readonly cluster?: ClusterSettings;
}

const mebibyte = 1024 * 1024;
const tebibyte = mebibyte * mebibyte;

const rules: OptionRules<ServerLimits> = {
  port: whole(-1, -1, 65_535, 'port'),
  maxPayloadBytes: whole(mebibyte, 1024, 64 * mebibyte, 'bytes'),
  writeDeadlineMs: whole(10_000, 100, 600_000, 'milliseconds'),
  // a large store takes a while to close
  stopMs: whole(10_000, 100, 600_000, 'milliseconds'),
  maxMemoryBytes: whole(0, 0, tebibyte, 'bytes'),
  maxFileBytes: whole(0, 0, 1024 * tebibyte, 'bytes'),
};

/** Checks limits and fills in defaults; ignores other options. @throws InvalidOptionError */
export function compileLimits(given: Partial<ServerLimits>): Readonly<ServerLimits> {
  const { port, maxPayloadBytes, writeDeadlineMs, stopMs, maxMemoryBytes, maxFileBytes } = given;
  const named = { port, maxPayloadBytes, writeDeadlineMs, stopMs, maxMemoryBytes, maxFileBytes };
  return compileOptions('natsServer', rules, named as Partial<ServerLimits>);
}

export interface ConfiguredServer {
  readonly limits: ServerLimits;
  readonly serverName: string | undefined;
  readonly cluster: ClusterSettings | undefined;
  /** An absolute path. The server keeps its store in `jetstream` in it. */
  readonly dataDir: string;
  /** An absolute path: the server writes its ports there. */
  readonly portsDir: string;
  /** The only login; any client may connect when `undefined`. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

/** Returns the configuration. Loopback only: to serve other machines, run a server and set `NATS_URL`. */
export function serverConfig(server: ConfiguredServer): string {
  const { limits, serverName, cluster, dataDir, portsDir, login } = server;
  const { port, maxPayloadBytes, writeDeadlineMs, maxMemoryBytes, maxFileBytes } = limits;
  const store = [
    `store_dir: ${text(dataDir)}`,
    ...(maxMemoryBytes > 0 ? [`max_memory_store: ${maxMemoryBytes}`] : []),
    ...(maxFileBytes > 0 ? [`max_file_store: ${maxFileBytes}`] : []),
  ];
  return [
    ...(serverName === undefined ? [] : [`server_name: ${text(serverName)}`]),
    'host: "127.0.0.1"',
    `port: ${port}`,
    `ports_file_dir: ${text(portsDir)}`,
    `max_payload: ${maxPayloadBytes}`,
    `write_deadline: "${writeDeadlineMs}ms"`,
    ...(login === undefined
      ? []
      : block('authorization', [`user: ${text(login.user)}`, `password: ${text(login.password)}`])),
    ...block('jetstream', store),
    ...(cluster === undefined ? [] : block('cluster', clusterLines(cluster))),
    '',
  ].join('\n');
}

function clusterLines({ name, port, routes }: ClusterSettings): readonly string[] {
  return [`name: ${text(name)}`, 'host: "127.0.0.1"', `port: ${port}`, `routes: [${routes.map(text).join(', ')}]`];
}

const block = (name: string, lines: readonly string[]): readonly string[] => [
  `${name} {`,
  ...lines.map((line) => `  ${line}`),
  '}',
];

/** Quotes a string of the configuration language: JSON's escapes for quotes, backslashes and line ends are valid in it. */
const text = (value: string): string => JSON.stringify(value);
