/**
 * The configuration of a run's nats-server. Clients hear of no other server, so that everything goes through the proxies; two users,
 * because the mesh's password changes during a run, and whoever watches it from outside keeps seeing it.
 */

export interface ServerPlace {
  readonly name: string;
  /** Of its configuration and its log. */
  readonly folder: string;
  /** Of its store: a file system of its own when the disk is to be full. */
  readonly store: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  /** Only in a cluster. */
  readonly cluster?: ClusterPlace;
}

export interface ClusterPlace {
  readonly port: number;
  /** Ports, of proxies in front of the others. */
  readonly routes: readonly number[];
}

export const chaosUser: { readonly name: string; readonly password: string } = Object.freeze({
  name: 'parley',
  password: 'chaos',
});

export const chaosObserver: typeof chaosUser = Object.freeze({ name: 'observer', password: 'outside' });

/** Explicit: what a small file system has room for, the server would take for the limit of all streams. */
const mostBytes = 64 * 1024 ** 3;

export function serverText({ name, store, clientPort, monitorPort, cluster }: ServerPlace, password: string): string {
  return [
    `server_name: ${text(name)}`,
    'host: "127.0.0.1"',
    `port: ${clientPort}`,
    `http: "127.0.0.1:${monitorPort}"`,
    'write_deadline: "5s"',
    'ping_interval: "5s"',
    `authorization { users: [${userText({ ...chaosUser, password })}, ${userText(chaosObserver)}] }`,
    `jetstream { store_dir: ${text(store)}, max_file_store: ${mostBytes}, max_memory_store: 268435456 }`,
    ...(cluster === undefined ? [] : [clusterText(cluster)]),
    '',
  ].join('\n');
}

function clusterText({ port, routes }: ClusterPlace): string {
  const urls = routes.map((route) => text(`nats://127.0.0.1:${route}`)).join(', ');
  return `cluster { name: "chaos", host: "127.0.0.1", port: ${port}, no_advertise: true, routes: [${urls}] }`;
}

const userText = (user: typeof chaosUser): string => `{ user: ${text(user.name)}, password: ${text(user.password)} }`;

/** A quoted string of the configuration language: JSON's escapes hold in it too. */
const text = (value: string): string => JSON.stringify(value);
