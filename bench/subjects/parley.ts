/** A Parley node with one agent definition whose keys are the mailboxes: the path under test, by its public API. */
import type { MailboxOptions } from '../../runtime/actor/agent-options.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import type { Intent, IntentDraft } from '../../runtime/core/intent.ts';
import { mailboxStream } from '../../runtime/core/subjects.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import type { NodeLimits } from '../../runtime/node/node-limits.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import { agentKind } from './routes.ts';

/** @param nth the count of intents in this activation, including this one; 0 for an agent without a state */
type Receive = (intent: Intent, nth: number) => Promise<void> | void;

interface Handler {
  receive: Receive;
}

export interface ParleyMeshOptions {
  readonly mesh?: string;
  readonly partitions?: number;
  readonly limits?: Partial<NodeLimits>;
  /** Agents as users write them, with a state and an archive; otherwise only the mailbox. */
  readonly agents?: boolean;
  /** The idle time until an agent with a state is passivated; by default that of all agents. */
  readonly idleMs?: number;
}

const fromOutside = Object.freeze({ mode: 'wait' });

const mailboxAgent = (handler: Handler): Agent =>
  defineAgent({
    kind: agentKind,
    delivery: 'at_least_once',
    intents: { investigate: {} },
    receive: (intent) => handler.receive(intent, 0),
  });

const livingAgent = (handler: Handler, mailbox: MailboxOptions): Agent =>
  defineAgent({
    kind: agentKind,
    delivery: 'at_least_once',
    mailbox,
    intents: { investigate: {} },
    state: () => ({ handled: 0 }),
    receive: {
      investigate(intent, ctx) {
        return handler.receive(intent as unknown as Intent, ++ctx.state.handled);
      },
    },
  });

export class ParleyMesh implements AsyncDisposable {
  readonly node: Node;
  readonly stream: string;
  readonly #transport: Transport;
  readonly #handler: Handler;

  /** Without `partitions` the pool has the default number. The egress bucket is off. */
  static async start(url: string, options: ParleyMeshOptions = {}): Promise<ParleyMesh> {
    const { mesh = 'bench', partitions, limits = {}, agents = false, idleMs } = options;
    const transport = await connectJetStream({ url, mesh });
    const handler: Handler = { receive: () => undefined };
    const agent = agents ? livingAgent(handler, idleMs === undefined ? {} : { idleMs }) : mailboxAgent(handler);
    const given = partitions === undefined ? {} : { partitions };
    const node = await startNode(
      { agents: [agent] },
      { transport, mesh, egress: 'off', limits, archive: agents, ...given },
    );
    return new ParleyMesh(node, transport, handler, mailboxStream(mesh, 'main'));
  }

  private constructor(node: Node, transport: Transport, handler: Handler, stream: string) {
    this.node = node;
    this.#transport = transport;
    this.#handler = handler;
    this.stream = stream;
  }

  /** What its agents do with an intent from now on. */
  onIntent(receive: Receive): void {
    this.#handler.receive = receive;
  }

  /**
   * Sends; waits for room in a full lane, because every intent of a round has to arrive.
   * @param from an agent; `undefined`: the node's own client, as a user's program sends
   */
  tell(from: string | undefined, to: string, draft: IntentDraft): Promise<unknown> {
    return this.node.tell(to, draft, from === undefined ? fromOutside : { from, mode: 'wait' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node.stop();
    await this.#transport.close();
  }
}
