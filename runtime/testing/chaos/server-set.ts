/** The servers of a run, one or a cluster of three, each with its disk and the proxies between them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { ServerProcess } from './server-process.ts';
import { chaosObserver, chaosUser, type ServerPlace } from './server-text.ts';
import { StoreDisk } from './store-disk.ts';
import { freePort, TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

export interface ServerSetOptions {
  readonly binary: string;
  readonly servers: number;
  readonly folder: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** The part of `/jsz?streams=true&config=true` that is needed here. */
export interface StreamPage {
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[];
}

export interface StreamDetail {
  readonly name: string;
  readonly cluster?: { readonly leader?: string };
  readonly state: { readonly messages: number; readonly first_seq: number; readonly last_seq: number };
}

const electionMs = 60_000;

export class ServerSet implements AsyncDisposable {
  readonly servers: readonly ServerProcess[];
  /** By server; `undefined` for a server on the disk of the machine. */
  readonly disks: readonly (StoreDisk | undefined)[];
  readonly #routes: readonly TcpProxy[];
  readonly #clock: Clock;

  static async start({ binary, servers: count, folder, clock, say }: ServerSetOptions): Promise<ServerSet> {
    const indices = Array.from({ length: count }, (_, i) => i);
    const disks = await Promise.all(indices.map((i) => StoreDisk.mount(join(folder, `store-${i}`))));
    const why = disks.find((disk) => typeof disk === 'string');
    if (why !== undefined) say(`no disk of its own for a server, so none will be full: ${why}`);
    const routePorts = await portsFor(count);
    const routes = await Promise.all(routePorts.map((port) => TcpProxy.open(port, 0, clock)));
    const [clientPorts, monitorPorts] = [await portsFor(count), await portsFor(count)];
    const places = indices.map((i): ServerPlace => {
      const others = routes.filter((_, j) => j !== i).map(({ port }) => port);
      return {
        name: `s${i}`,
        folder: join(folder, `server-${i}`),
        store: join(folder, `store-${i}`),
        clientPort: clientPorts[i] ?? 0,
        monitorPort: monitorPorts[i] ?? 0,
        ...(count === 1 ? {} : { cluster: { port: routePorts[i] ?? 0, routes: others } }),
      };
    });
    const servers = places.map((place) => new ServerProcess(binary, place, clock));
    const kept = disks.map((disk) => (typeof disk === 'string' ? undefined : disk));
    const set = new ServerSet(servers, kept, routes, clock);
    try {
      for (const { folder: own } of places) await mkdir(own, { recursive: true });
      await Promise.all(servers.map((server) => server.start()));
      await Promise.all(servers.map((server) => server.ready()));
      return set;
    } catch (error) {
      await set[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(
    servers: readonly ServerProcess[],
    disks: readonly (StoreDisk | undefined)[],
    routes: readonly TcpProxy[],
    clock: Clock,
  ) {
    this.servers = servers;
    this.disks = disks;
    this.#routes = routes;
    this.#clock = clock;
  }

  /** The address past the proxies, for an outside observer. */
  get url(): string {
    return urlOf(
      this.servers.map(({ place }) => place.clientPort),
      chaosObserver,
    );
  }

  /** Finds the server that leads a stream; `undefined` during an election. */
  async leaderOf(stream: string): Promise<ServerProcess | undefined> {
    for (const server of this.servers) {
      const found = (await streamsOf(server)).find(({ name }) => name === stream);
      const leader = this.servers.find(({ name }) => name === found?.cluster?.leader);
      if (leader !== undefined) return leader;
    }
    return undefined;
  }

  /** Resolves when every server serves and has recovered. @throws ChaosTimeoutError */
  async allHealthy(): Promise<void> {
    await until(this.#clock, 'all servers are healthy', electionMs, async () => {
      const healthy = await Promise.all(this.servers.map((server) => server.isHealthy()));
      return healthy.every(Boolean) || undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    await Promise.all(this.#routes.map((route) => route[Symbol.asyncDispose]()));
    for (const disk of this.disks) await disk?.[Symbol.asyncDispose]();
  }
}

/** Lists the streams of one server; empty while it does not answer. */
export async function streamsOf(server: ServerProcess): Promise<readonly StreamDetail[]> {
  try {
    const page = (await server.monitor('jsz?streams=true')) as StreamPage;
    return (page.account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? []);
  } catch {
    return [];
  }
}

export const urlOf = (ports: readonly number[], { name, password }: typeof chaosUser = chaosUser): string =>
  ports.map((port) => `nats://${name}:${password}@127.0.0.1:${port}`).join(',');

async function portsFor(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let i = 0; i < count; i++) ports.push(await freePort());
  return ports;
}
