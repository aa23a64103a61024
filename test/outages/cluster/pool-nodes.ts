/** Processes of one pool, and a client that tells them something. */
import type { JsonObject } from '../../../runtime/core/json.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { type RunningCommand, runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';

export class PoolNode {
  readonly command: RunningCommand;

  constructor(url: string, mesh: string, replicas: number) {
    this.command = runScript('test/outages/cluster/fixtures/pool-node.ts', [url, mesh, String(replicas)]);
  }

  get pid(): number {
    return this.command.process.pid ?? 0;
  }

  get lines(): readonly string[] {
    return this.command.lines;
  }

  /** What it said last of its standing. */
  get standing(): string | undefined {
    return this.lines.findLast((line) => line.startsWith('standing '))?.slice('standing '.length);
  }

  /** The numbers that it counted. */
  get counted(): readonly number[] {
    return this.lines.flatMap((line) => (line.startsWith('count ') ? [Number(line.slice('count '.length))] : []));
  }

  signal(signal: NodeJS.Signals): void {
    this.command.process.kill(signal);
  }

  stands(standing: string, ms = 40_000): Promise<void> {
    return until(
      `the node is ${standing}, it said: ${this.lines.slice(-5).join('; ')}`,
      () => this.standing === standing,
      ms,
    );
  }
}

export class PoolOfNodes implements AsyncDisposable {
  readonly #url: string;
  readonly #mesh: string;
  readonly #replicas: number;
  readonly #transport: Transport;
  readonly client: Node;

  private constructor(url: string, mesh: string, replicas: number, transport: Transport, client: Node) {
    this.#url = url;
    this.#mesh = mesh;
    this.#replicas = replicas;
    this.#transport = transport;
    this.client = client;
  }

  static async open(url: string, mesh: string, replicas = 1): Promise<PoolOfNodes> {
    const transport = await connectJetStream({ url, mesh, replicas });
    const client = await startNode({ agents: [] }, { transport, mesh });
    return new PoolOfNodes(url, mesh, replicas, transport, client);
  }

  async start(): Promise<PoolNode> {
    const node = new PoolNode(this.#url, this.#mesh, this.#replicas);
    await node.command.line(/^ready /);
    return node;
  }

  /** One that serves, and one that stands by for it. */
  async pair(): Promise<readonly [PoolNode, PoolNode]> {
    const first = await this.start();
    const second = await this.start();
    await first.stands('serving');
    await second.stands('standing_by');
    return [first, second];
  }

  /** Numbers from..to, each to one of 50 agents. */
  async count(from: number, to: number): Promise<void> {
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    const tell = (n: number) => this.client.tell(`worker/${n % 50}`, { intent_type: 'count', context: { n } });
    await Promise.all(numbers.map(tell));
  }

  async tell(intent_type: string, context: JsonObject = {}): Promise<void> {
    await this.client.tell('worker/one', { intent_type, context });
  }

  /** Waits until everything is acknowledged. */
  drained(): Promise<void> {
    return until('the store is empty', async () => (await this.#transport.pools.backlog('main')) === 0, 40_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.stop();
    await this.#transport.close();
  }
}

export const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

export const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b);
