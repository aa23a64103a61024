/** A gateway before a node, on a nats-server of their own, for a whole test file. */
import { connect, type NatsConnection } from 'nats';
import type { Agent } from '../../runtime/actor/define-agent.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../runtime/gateway/index.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import { startTestServer, type TestServer } from './nats-server.ts';

export interface GatewayRig extends AsyncDisposable {
  readonly server: TestServer;
  readonly node: Node;
  readonly gateway: Gateway;
  /** The connection of a client that is no node. */
  readonly client: NatsConnection;
}

export async function gatewayRig(mesh: string, agent: Agent, options: GatewayOptions = {}): Promise<GatewayRig> {
  const server = await startTestServer();
  const transport = await connectJetStream({ url: server.url, mesh });
  const node = await startNode({ agents: [agent] }, { transport, mesh, log: 'silent' });
  const gateway = await startGateway(node, options);
  const client = await connect({ servers: server.url });
  return {
    server,
    node,
    gateway,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await gateway.stop();
      await node.stop();
      await transport.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
