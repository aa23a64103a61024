/** Sends over many lanes through one node on a real server, recording confirmed and handled intents. */
import type { Intent } from '../../runtime/core/intent.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { listener } from './agents.ts';

export interface LaneLoadOptions {
  readonly transport: Transport;
  readonly mesh: string;
  readonly replicas?: number;
  readonly intents: number;
  readonly senders: number;
  readonly receivers: number;
  /** Called after each handling with the total so far. */
  readonly onHandled?: (count: number) => void;
}

export interface LaneLoadResult {
  readonly confirmed: number;
  readonly refused: readonly string[];
  /** Confirmed, but never handled. */
  readonly lost: readonly number[];
  /** Lanes whose first handlings are not in send order. */
  readonly disordered: readonly string[];
  /** Handlings of an intent that had been handled before. */
  readonly repeats: number;
  readonly reconnects: number;
  /** Repeats before the first reconnect. */
  readonly repeatsWithoutReconnect: number;
}

const inFlight = 512;

export async function runLaneLoad(options: LaneLoadOptions): Promise<LaneLoadResult> {
  const handled = new Set<number>();
  const firsts = new Map<string, number[]>();
  const counts = { repeats: 0, reconnects: 0, repeatsWithoutReconnect: 0 };
  const receive = (intent: Intent): void => {
    const n = Number(intent.context.n);
    if (handled.has(n)) {
      counts.repeats++;
      if (counts.reconnects === 0) counts.repeatsWithoutReconnect++;
      return;
    }
    handled.add(n);
    const lane = `${intent.from_agent}>${intent.to_agent}`;
    const list = firsts.get(lane) ?? [];
    firsts.set(lane, list);
    list.push(n);
    options.onHandled?.(handled.size);
  };
  await using node = await startNode(
    { agents: [listener('receiver', ['investigate'], receive)] },
    {
      transport: options.transport,
      mesh: options.mesh,
      egress: 'off',
      limits: { replicas: options.replicas ?? 1 },
      observer: {
        connection: (status) => {
          if (status === 'connected') counts.reconnects++;
        },
      },
    },
  );
  const { confirmed, refused } = await sendAll(node, options);
  await node.whenIdle();
  return {
    confirmed: confirmed.length,
    refused,
    lost: confirmed.filter((n) => !handled.has(n)),
    disordered: [...firsts].flatMap(([lane, list]) => (list.some((n, i) => n < (list[i - 1] ?? -1)) ? [lane] : [])),
    ...counts,
  };
}

async function sendAll(node: Node, { intents, senders, receivers }: LaneLoadOptions) {
  const confirmed: number[] = [];
  const refused: string[] = [];
  await new Promise<void>((finish) => {
    let [next, open] = [0, 0];
    const more = (): void => {
      while (open < inFlight && next < intents) {
        const n = next++;
        open++;
        node
          .tell(
            `receiver/r${n % receivers}`,
            { intent_type: 'investigate', context: { n } },
            { from: `sender/s${n % senders}`, mode: 'wait' },
          )
          .then(
            () => confirmed.push(n),
            (error: Error) => refused.push(error.message),
          )
          .finally(() => {
            open--;
            if (next < intents) more();
            else if (open === 0) finish();
          });
      }
    };
    more();
  });
  return { confirmed, refused };
}
