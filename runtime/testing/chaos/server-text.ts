/**
 * The configuration of a nats-server of a run. Clients learn of no other server, so that everything goes through the proxies. There
 * are two users, because the password of the mesh changes during a run while the outside observer must stay connected.
 */

export interface ServerPlace {
  readonly name: string;
  /** The folder of its configuration with its log. */
  readonly folder: string;
  /** The folder of its store: on its own file system when the disk can be filled. */
  readonly store: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  /** Only for a cluster. */
  readonly cluster?: ClusterPlace;
}

export interface ClusterPlace {
  readonly port: number;
  /** Ports of the proxies in front of the other servers. */
  readonly routes: readonly number[];
}

export const chaosUser: { readonly name: string; readonly password: string } = Object.freeze({
  name: 'parley',
  password: 'chaos',
});

export const chaosObserver: typeof chaosUser = Object.freeze({ name: 'observer', password: 'outside' });

/** Set explicitly, because the server would take the free space of a small file system for its limit. */
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

/** Quotes a string of the configuration language: JSON's escapes are valid in it. */
const text = (value: string): string => JSON.stringify(value);
