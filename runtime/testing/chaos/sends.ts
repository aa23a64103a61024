/** Sends one intent until its fate is known, recording each attempt: through a node without agents, or through a gateway. */
import { type Clock, sleep, toIso } from '../../core/clock.ts';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import { SendOutcomeUnknownError } from '../../mailbox/mailbox-errors.ts';
import type { Node } from '../../node/node.ts';
import { laneName } from './history-event.ts';
import type { History } from './history-file.ts';
import type { PlannedSend } from './workload-mix.ts';

export interface SendParts {
  readonly node: Pick<Node, 'tell'>;
  readonly history: History;
  readonly clock: Clock;
  /** The known gateways of the nodes. */
  readonly gateways: () => readonly string[];
}

/** Attempts under the same intent id, or the same key: the intent is stored at most once. */
const tries = 12;
const pauseMs = 1_000;
const httpMs = 15_000;
const lookMs = 1_500;
const looks = 12;

type Fate =
  | { readonly kind: 'accepted'; readonly seq: number; readonly ticket?: string }
  | { readonly kind: 'refused' | 'unknown'; readonly code: string };

export class Sends {
  readonly #parts: SendParts;
  /** The number of sends into each lane so far. */
  readonly #numbers = new Map<string, number>();

  constructor(parts: SendParts) {
    this.#parts = parts;
  }

  /** Resolves when the fate is known, or the attempts are used up. Never rejects because of the mesh. */
  async send(plan: PlannedSend): Promise<void> {
    const { history, clock } = this.#parts;
    const { id, type, deadlineMs } = plan;
    const lane = laneName(plan.from, plan.to);
    for (let n = 0; n < tries; n++) {
      if (n > 0) await sleep(clock, pauseMs);
      const limit = deadlineMs === undefined ? {} : { deadlineMs };
      history.add({ event: 'sending', id, lane, type, n: this.#next(lane), ...limit });
      const fate = plan.by === 'http' ? await this.#post(plan, n) : await this.#tell(plan);
      if (fate.kind === 'accepted') {
        history.add({ event: 'accepted', id, lane, seq: fate.seq });
        return fate.ticket === undefined ? undefined : this.#follow(id, fate.ticket);
      }
      history.add({ event: fate.kind, id, lane, code: fate.code });
      if (fate.kind === 'refused') return;
    }
  }

  #next(lane: string): number {
    const n = this.#numbers.get(lane) ?? 0;
    this.#numbers.set(lane, n + 1);
    return n;
  }

  async #tell({ id, to, from, mode, draft, deadlineMs }: PlannedSend): Promise<Fate> {
    const { node, clock } = this.#parts;
    const deadline = deadlineMs === undefined ? {} : { deadline: toIso(clock.now() + deadlineMs) };
    try {
      const ticket = await node.tell(to, { ...draft, ...deadline, intent_id: id }, { from, mode });
      return { kind: 'accepted', seq: ticket?.seq ?? 0 };
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      return { kind: error instanceof SendOutcomeUnknownError ? 'unknown' : 'refused', code: error.code };
    }
  }

  /** Posts to a gateway. A gateway that does not answer may still have stored the intent. */
  async #post({ id, to, from, draft, deadlineMs }: PlannedSend, n: number): Promise<Fate> {
    const { clock } = this.#parts;
    const url = this.#gateway(n);
    if (url === undefined) return { kind: 'unknown', code: 'no gateway' };
    const deadline = deadlineMs === undefined ? {} : { deadline: toIso(clock.now() + deadlineMs) };
    try {
      const answer = await fetch(`${url}/v1/intents`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ ...draft, ...deadline, intent_id: id, from_agent: from, to_agent: to }),
        signal: AbortSignal.timeout(httpMs),
      });
      const document = (await answer.json()) as Answer;
      if (answer.status === 202) return { kind: 'accepted', seq: document.seq ?? 0, ticket: document.ticket ?? '' };
      const code = document.error?.code ?? `HTTP ${answer.status}`;
      return { kind: isFinal(answer.status) ? 'refused' : 'unknown', code };
    } catch (error) {
      return { kind: 'unknown', code: reasonOf(error) };
    }
  }

  /** Polls the gateway until the intent is finished. */
  async #follow(id: string, ticket: string): Promise<void> {
    const { clock, history } = this.#parts;
    let said: string | undefined;
    for (let n = 0; n < looks; n++) {
      await sleep(clock, lookMs);
      const state = await this.#state(ticket, n);
      if (state === undefined || state === said) continue;
      said = state;
      history.add({ event: 'ticket', id, state });
      if (state !== 'waiting') return;
    }
  }

  async #state(ticket: string, n: number): Promise<string | undefined> {
    try {
      const url = `${this.#gateway(n)}/v1/intents/${ticket}`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(httpMs) });
      return ((await answer.json()) as Answer).state;
    } catch {
      // an unreachable gateway gives no answer
      return undefined;
    }
  }

  #gateway(n: number): string | undefined {
    const urls = this.#parts.gateways();
    return urls[n % urls.length];
  }
}

interface Answer {
  readonly seq?: number;
  readonly ticket?: string;
  readonly state?: string;
  readonly error?: { readonly code?: string };
}

/** Whether a refusal proves that nothing was stored; others (409 in progress, 5xx) leave it open. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 409 && status !== 408;
