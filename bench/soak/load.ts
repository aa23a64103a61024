/** The load of a soak, from the process beside the daemon: most of it through a node without agents, some by HTTP. */
import { randomUUID } from 'node:crypto';
import { type Node, ParleyError } from '../../runtime/index.ts';
import { openLoop } from '../measure/open-loop.ts';
import type { Ledger } from './ledger.ts';
import { draftOf, isSentByHttp, receiverOf } from './mix.ts';

export interface LoadParts {
  readonly node: Pick<Node, 'tell'>;
  /** The address of the daemon: `http://…`. */
  readonly gateway: string;
  readonly ledger: Ledger;
}

const accepted = 202;
const httpMs = 30_000;

export class SoakLoad implements Disposable {
  readonly #parts: LoadParts;
  readonly #open = new Set<Promise<void>>();
  readonly #refusals = new Map<string, number>();
  #over = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  /** Counts of intents that were not accepted, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusals);
  }

  /** Sends by the clock until `end`; resolves when every sender has its answer. */
  async run(ratePerSecond: number): Promise<void> {
    const schedule = { pace: 'timer', ratePerSecond, count: Number.POSITIVE_INFINITY, over: () => this.#over } as const;
    await openLoop(schedule, (n) => this.#send(n));
    await Promise.all(this.#open);
  }

  end(): void {
    this.#over = true;
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #send(n: number): void {
    const { ledger } = this.#parts;
    const sent = (isSentByHttp(n) ? this.#post(n) : this.#tell(n)).then(
      (id) => ledger.accept(id),
      (error: unknown) => this.#refused(error),
    );
    this.#open.add(sent);
    void sent.finally(() => this.#open.delete(sent));
  }

  async #tell(n: number): Promise<string> {
    const ticket = await this.#parts.node.tell(receiverOf(n), draftOf(n), { mode: 'wait' });
    return ticket?.intent_id ?? '';
  }

  async #post(n: number): Promise<string> {
    const answer = await fetch(`${this.#parts.gateway}/v1/intents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ to_agent: receiverOf(n), ...draftOf(n) }),
      signal: AbortSignal.timeout(httpMs),
    });
    const document = (await answer.json()) as { readonly intent_id?: string };
    if (answer.status !== accepted) throw new Error(`HTTP ${answer.status}`);
    return document.intent_id ?? '';
  }

  #refused(error: unknown): void {
    const reason = error instanceof ParleyError ? error.code : String(error);
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }
}
