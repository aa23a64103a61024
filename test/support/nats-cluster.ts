/** A cluster of three real nats-servers on loopback. */
import { connect, ErrorCode, NatsError } from 'nats';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';
import { startTestServer, type TestServer } from './nats-server.ts';

export interface TestCluster extends AsyncDisposable {
  readonly servers: readonly TestServer[];
  /** The addresses of all servers, for a client. */
  readonly url: string;
  /** Finds the server that leads a stream; `undefined` during an election. */
  leaderOf(stream: string): Promise<TestServer | undefined>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const routePorts = [await freePort(), await freePort(), await freePort()];
  const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(',');
  const servers = await Promise.all(
    routePorts.map((port, i) =>
      startTestServer({
        flags: [
          ...['--server_name', `n${i}`],
          ...['--cluster_name', 'test'],
          ...['--cluster', `nats://127.0.0.1:${port}`],
          ...['--routes', routes],
        ],
      }),
    ),
  );
  const cluster: TestCluster = {
    servers,
    url: servers.map(({ url }) => url).join(','),
    async leaderOf(stream) {
      const admin = await connect({ servers: servers.map(({ url }) => url) });
      try {
        const answer = await admin.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: 2_000 });
        const leader = answer.json<{ cluster?: { leader?: string } }>().cluster?.leader;
        return servers.find((_server, i) => `n${i}` === leader);
      } catch (error) {
        // the leader is gone, and no other has been elected yet
        if (error instanceof NatsError && [ErrorCode.Timeout, ErrorCode.NoResponders].includes(error.code as ErrorCode))
          return undefined;
        throw error;
      } finally {
        await admin.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
  await until('the cluster has a leader', () => canKeepStreams(cluster.url));
  return cluster;
}

/** Whether the cluster answers requests for its account. */
async function canKeepStreams(url: string): Promise<boolean> {
  const admin = await connect({ servers: url.split(',') });
  try {
    const answer = await admin.request('$JS.API.INFO', '', { timeout: 1_000 });
    return answer.json<{ error?: object }>().error === undefined;
  } catch {
    return false;
  } finally {
    await admin.close();
  }
}
