/**
 * Watches a run from outside, past the proxies, with its own password: health of the nodes, ownership, backlog, archive, dead
 * letters.
 */

import { readOwnerRecord } from '../../cluster/owner-record.ts';
import { type Clock, sleepUnlessAborted } from '../../core/clock.ts';
import type { DeadRecord } from '../../core/dead-record.ts';
import { isObject } from '../../core/json.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../../core/subjects.ts';
import { readGroup } from '../../mailbox/archive-group.ts';
import type { LoggedRecord, RecordLog, Transport } from '../../transport/index.ts';
import type { ArchivedPlace } from './checker/run-record.ts';
import { laneName } from './history-event.ts';
import type { History } from './history-file.ts';
import type { NodeProcess } from './node-process.ts';

export interface ObserverParts {
  readonly transport: Transport;
  readonly nodes: readonly NodeProcess[];
  readonly history: History;
  readonly clock: Clock;
  readonly pool: string;
}

const lookMs = 500;
const healthMs = 2_000;

/** The fields of a document that is an intent; other documents are replies, or messages of foreign clients. */
interface Envelope {
  readonly intent_id: string;
  readonly from_agent: string;
  readonly to_agent: string;
  readonly intent_type: string;
  readonly in_reply_to?: string;
}

export class Observer implements AsyncDisposable {
  readonly #parts: ObserverParts;
  readonly #stopping = new AbortController();
  readonly #archived = new Map<string, ArchivedPlace>();
  readonly #owners = new Map<number, string>();
  readonly #read = { archive: 0, dead: 0 };
  readonly #loops: readonly Promise<void>[];
  /** The last answer of each node: status with reasons. */
  readonly #health = new Map<string, string>();

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    const looks = [() => this.#lookAtHealth(), () => this.#lookAtOwners(), () => this.#lookAtStore()];
    this.#loops = looks.map((look) => this.#repeat(look));
  }

  get archived(): ReadonlyMap<string, ArchivedPlace> {
    return this.#archived;
  }

  /** The runtime's id of the owner of each owned partition. */
  get owners(): ReadonlyMap<number, string> {
    return this.#owners;
  }

  /** The health of each node, for display. */
  get health(): readonly string[] {
    return [...this.#health.values()];
  }

  /** Counts messages in the stream of the pool; `undefined` while no server answers. */
  async backlog(): Promise<number | undefined> {
    const { transport, pool } = this.#parts;
    try {
      return await transport.pools.backlog(pool);
    } catch {
      return undefined;
    }
  }

  /** Reads both logs to their end. @throws TransportUnavailableError */
  async readLogs(): Promise<void> {
    const { transport } = this.#parts;
    this.#read.archive = await readOn(transport.log('archive'), this.#read.archive, (record) =>
      this.#archivedIn(record),
    );
    this.#read.dead = await readOn(transport.log('dead'), this.#read.dead, (record) => this.#died(record));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  async #repeat(look: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // the run expects an unreachable store: the observer retries later
      await look().catch(() => undefined);
      await sleepUnlessAborted(this.#parts.clock, lookMs, signal);
    }
  }

  async #lookAtHealth(): Promise<void> {
    await Promise.all(this.#parts.nodes.map((node) => this.#lookAt(node)));
  }

  async #lookAt(node: NodeProcess): Promise<void> {
    if (!node.isRunning) return;
    const name = node.process;
    const { status, reasons } = await healthOf(node.gateway);
    if (node.process !== name || !node.isRunning) return;
    this.#health.set(
      name.replace(/\.\d+$/, ''),
      `${name}: ${status}${reasons.map((reason) => `; ${reason}`).join('')}`,
    );
    this.#parts.history.add({ event: 'health', node: name, status, reasons });
  }

  async #lookAtOwners(): Promise<void> {
    const { transport, pool, history } = this.#parts;
    for (const { key, value, revision } of await transport.bucket('owners').list(pool)) {
      const record = readOwnerRecord({ value, revision });
      const owner = record.kind === 'owned' ? record.node : '';
      const partition = Number(key.slice(key.lastIndexOf('.') + 1));
      if (this.#owners.get(partition) === owner) continue;
      this.#owners.set(partition, owner);
      history.add({ event: 'owner', partition, epoch: revision, owner });
    }
  }

  async #lookAtStore(): Promise<void> {
    const messages = await this.backlog();
    if (messages !== undefined) this.#parts.history.add({ event: 'backlog', messages });
    await this.readLogs();
  }

  #archivedIn({ payload }: LoggedRecord): void {
    for (const { seq, outcome, intent } of readGroup(payload)) {
      if (!isEnvelope(intent) || intent.in_reply_to !== undefined) continue;
      const { intent_id: id, from_agent: from, to_agent: to } = intent;
      this.#archived.set(id, { seq, outcome, lane: laneName(from, to) });
    }
  }

  #died({ payload }: LoggedRecord): void {
    const record = JSON.parse(Buffer.from(payload).toString('utf8')) as DeadRecord;
    const at = parseMailboxSubject(record.subject);
    if (at === undefined || at.lane !== 'i' || record.truncated) return;
    const intent: unknown = JSON.parse(Buffer.from(record.payload, 'base64').toString('utf8'));
    if (!isEnvelope(intent)) return;
    const { intent_id: id, intent_type: type } = intent;
    this.#archived.set(id, { seq: record.seq, outcome: 'dead', lane: laneName(senderOf(at), receiverOf(at)) });
    this.#parts.history.add({ event: 'dead', id, type, reason: record.reason, errors: record.errors });
  }
}

const isEnvelope = (document: unknown): document is Envelope =>
  isObject(document) && ['intent_id', 'from_agent', 'to_agent'].every((name) => typeof document[name] === 'string');

async function healthOf(gateway: string | undefined): Promise<{ status: string; reasons: readonly string[] }> {
  const silent = { status: 'none', reasons: [] };
  if (gateway === undefined) return silent;
  try {
    const answer = await fetch(`${gateway}/healthz`, { signal: AbortSignal.timeout(healthMs) });
    return (await answer.json()) as { status: string; reasons: readonly string[] };
  } catch {
    return silent;
  }
}

/** @returns the sequence of the last record that was read */
async function readOn(log: RecordLog, after: number, take: (record: LoggedRecord) => void): Promise<number> {
  let last = after;
  for (let next = await log.next(last + 1); next !== undefined; next = await log.next(last + 1)) {
    take(next);
    last = next.seq;
  }
  return last;
}
