/** The network path of one process to all servers: one proxy in front of each. */
import type { Clock } from '../../core/clock.ts';
import type { ServerSet } from './server-set.ts';
import { urlOf } from './server-set.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface Link extends AsyncDisposable {
  /** The name of the process. */
  readonly name: string;
  /** The proxies, by server. */
  readonly proxies: readonly TcpProxy[];
  /** The value for `NATS_URL`. */
  readonly url: string;
}

export async function openLink(name: string, { servers }: ServerSet, clock: Clock): Promise<Link> {
  const proxies = await Promise.all(servers.map(({ place }) => TcpProxy.open(place.clientPort, 0, clock)));
  return {
    name,
    proxies,
    url: urlOf(proxies.map(({ port }) => port)),
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}

/**
 * Selects the proxies that a network fault hits: all of them, those of one process, or those of one server, equally often.
 * @param target any integer: it selects
 */
export function hitProxies(links: readonly Link[], target: number): readonly TcpProxy[] {
  const which = Math.floor(target / 3);
  switch (target % 3) {
    case 0:
      return links.flatMap(({ proxies }) => proxies);
    case 1:
      return links[which % links.length]?.proxies ?? [];
    default:
      return links.flatMap(({ proxies }) => proxies[which % proxies.length] ?? []);
  }
}
