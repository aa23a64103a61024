/** Parley's throughput: validated, encoded, sent, received, decoded, checked, handled, acknowledged with confirmation. */
import type { NatsConnection } from 'nats';
import type { BenchTarget } from './bench-target.ts';
import { DeliveryCounter } from './delivery-counter.ts';
import type { ParleyMesh } from './parley.ts';
import { draftOf, numberOf } from './payload.ts';
import { agentKey, agentKind, senderCount, senderKey, senderKind, senderOf } from './routes.ts';
import { untilEmpty } from './store.ts';

export type ParleyTargetName = 'parley' | 'parley-agents' | 'parley-tell';

/** Sends without a ticket yet. */
const windows: Readonly<Record<ParleyTargetName, number>> = { parley: 1024, 'parley-agents': 1024, 'parley-tell': 500 };

export class ParleyTarget implements BenchTarget {
  readonly name: ParleyTargetName;
  readonly mailboxes: number;
  readonly #mesh: ParleyMesh;
  readonly #admin: NatsConnection;
  readonly #agents: readonly string[];
  readonly #senders: readonly string[];

  /** @param name `parley-tell` sends from outside any agent, the others as agents do */
  constructor(name: ParleyTargetName, mesh: ParleyMesh, admin: NatsConnection, mailboxes: number) {
    this.name = name;
    this.#mesh = mesh;
    this.#admin = admin;
    this.mailboxes = mailboxes;
    this.#agents = Array.from({ length: mailboxes }, (_, n) => `${agentKind}/${agentKey(n)}`);
    const senders = name === 'parley-tell' ? 0 : senderCount;
    this.#senders = Array.from({ length: senders }, (_, n) => `${senderKind}/${senderKey(n)}`);
  }

  async run(intents: number): Promise<void> {
    const handled = new DeliveryCounter(intents);
    const all = new Promise<void>((resolve) => {
      this.#mesh.onIntent((intent) => {
        handled.add(numberOf(intent.context));
        if (handled.complete) resolve();
      });
    });
    await this.#tellAll(intents);
    await all;
    await untilEmpty(this.#admin, this.#mesh.stream);
    if (handled.repeats > 0)
      throw new Error(`${this.name}: ${handled.repeats} of ${intents} intents were handled twice`);
  }

  #tellAll(intents: number): Promise<void> {
    const window = windows[this.name];
    let [next, open] = [0, 0];
    return new Promise((resolve, reject) => {
      const fill = (): void => {
        while (open < window && next < intents) {
          const n = next++;
          open++;
          const from = this.#senders[senderOf(n, this.mailboxes)];
          this.#mesh.tell(from, this.#agents[n % this.mailboxes] ?? '', draftOf(n)).then(confirmed, reject);
        }
      };
      const confirmed = (): void => {
        open--;
        if (next < intents) fill();
        else if (open === 0) resolve();
      };
      fill();
    });
  }
}
