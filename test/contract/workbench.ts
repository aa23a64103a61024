/** The port as the contract's cases touch it: one pool, short names for lanes, outcomes as promises. */
import type { Delivery, MessageHeaders } from '../../runtime/core/delivery.ts';
import type { PublishOutcome } from '../../runtime/core/publication.ts';
import { mailboxSubject } from '../../runtime/core/subjects.ts';
import type { Feed, FeedBreak, FeedSink, PoolSettings, Transport } from '../../runtime/transport/index.ts';
import type { ContractRig, MakeRig } from './contract-rig.ts';

export const pool: PoolSettings = Object.freeze({
  pool: 'main',
  partitions: 4,
  laneCapacity: 5,
  maxBytes: 16 * 1024 * 1024,
  replicas: 1,
  dedupeWindowMs: 120_000,
});

/** Remembers what a feed said. */
export class Recorder implements FeedSink {
  readonly deliveries: Delivery[] = [];
  readonly breaks: FeedBreak[] = [];

  deliver(delivery: Delivery): void {
    this.deliveries.push(delivery);
  }

  broken(reason: FeedBreak): void {
    this.breaks.push(reason);
  }

  get seqs(): readonly number[] {
    return this.deliveries.map(({ seq }) => seq);
  }

  get texts(): readonly string[] {
    return this.deliveries.map(({ payload }) => Buffer.from(payload).toString('utf8'));
  }
}

export interface OpenFeed {
  readonly feed: Feed;
  readonly heard: Recorder;
}

export class Workbench implements AsyncDisposable {
  readonly rig: ContractRig;
  /** The connection that publishes; its pool is made. */
  readonly transport: Transport;

  private constructor(rig: ContractRig, transport: Transport) {
    this.rig = rig;
    this.transport = transport;
  }

  static async open(make: MakeRig, settings: PoolSettings = pool): Promise<Workbench> {
    const rig = await make();
    const transport = await rig.connect();
    await transport.pools.ensure(settings);
    return new Workbench(rig, transport);
  }

  /** The lane from `client/<from>` to `agent/<to>`; different partitions hold different agents. */
  lane(from: string, partition = 0, to = 'a'): string {
    return mailboxSubject(this.rig.mesh, {
      pool: pool.pool,
      partition,
      to: { kind: 'agent', key: to },
      from: { kind: 'client', key: from },
      lane: 'i',
    });
  }

  publish(subject: string, messageId: string, text: string = messageId, by?: Transport): Promise<PublishOutcome> {
    const payload = Buffer.from(text, 'utf8');
    return new Promise((settle) =>
      (by ?? this.transport).publish({ pool: pool.pool, subject, messageId, payload }, settle),
    );
  }

  publishWith(headers: MessageHeaders, subject: string, messageId: string): Promise<PublishOutcome> {
    const payload = Buffer.from(messageId, 'utf8');
    return new Promise((settle) =>
      this.transport.publish({ pool: pool.pool, subject, messageId, payload, headers }, settle),
    );
  }

  /** Publishes `count` messages, one after the other, with ids and payloads `<prefix>0`, `<prefix>1`, …; their sequences. */
  async fill(subject: string, prefix: string, count: number): Promise<readonly number[]> {
    const seqs: number[] = [];
    for (let i = 0; i < count; i++) seqs.push(seqOf(await this.publish(subject, `${prefix}${i}`)));
    return seqs;
  }

  /** Publishes with the same id until the lane takes it: the store removes an acknowledged message in its own time. */
  async publishWhenFree(subject: string, messageId: string): Promise<number> {
    let seq = 0;
    await this.rig.until(`${subject} takes "${messageId}"`, async () => {
      const outcome = await this.publish(subject, messageId);
      if (outcome.kind === 'stored') seq = outcome.seq;
      return outcome.kind === 'stored';
    });
    return seq;
  }

  /** Claims the partition for `by` as a node does, and opens its feed under the new epoch. */
  async feed(window = 64, by: Transport = this.transport, partition = 0): Promise<OpenFeed> {
    return this.feedAt(await this.claim(by, partition), window, by, partition);
  }

  async feedAt(epoch: number, window = 64, by: Transport = this.transport, partition = 0): Promise<OpenFeed> {
    const heard = new Recorder();
    const feed = await by.openFeed({ pool: pool.pool, partition, epoch }, heard);
    if (window > 0) feed.window(window);
    return { feed, heard };
  }

  /** Writes the ownership record of a partition anew. @returns the epoch */
  async claim(by: Transport = this.transport, partition = 0): Promise<number> {
    const key = `${pool.pool}.${partition}`;
    const found = await by.bucket('owners').read(key);
    return by.bucket('owners').write(key, 'a node', found?.revision ?? 0);
  }

  /** Waits for `count` deliveries and looks whether more come. */
  async hear(heard: Recorder, count: number): Promise<void> {
    await this.rig.until(`${count} deliveries`, () => heard.deliveries.length >= count);
    await this.rig.settle();
  }

  /** What a lane holds, of the first sequences of the stream or of those given. */
  async stored(subject: string, seqs: readonly number[] = firstSeqs): Promise<readonly string[]> {
    const found = await this.transport.pools.fetch(pool.pool, subject, seqs);
    return found.map(({ payload }) => Buffer.from(payload).toString('utf8'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rig.dispose();
  }
}

const firstSeqs: readonly number[] = Array.from({ length: 24 }, (_, n) => n + 1);

/** The sequence of a stored outcome; any other fails the test, naming it. */
export function seqOf(outcome: PublishOutcome): number {
  if (outcome.kind === 'stored') return outcome.seq;
  throw new Error(`expected "stored", but the outcome is ${JSON.stringify(outcome)}`);
}
