/** The one consumer of a partition. The server refuses a second one with an overlapping filter: that is the election. */

import { createHash } from 'node:crypto';
import { maxAckPending } from '../../core/partition.ts';
import { stateStream } from '../../core/store-places.ts';
import { consumerName, isConsumerOf, mailboxStream, partitionSubjects } from '../../core/subjects.ts';
import type { FeedPlace } from '../feed.ts';
import { ForeignConsumerError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject, createConsumerSubject } from './api-subjects.ts';

/** The part of a consumer's description that is needed here. */
export interface ConsumerInfo {
  readonly cluster?: { readonly leader?: string };
  readonly num_pending?: number;
}

export interface OpenedConsumer {
  readonly name: string;
  /** The server that leads the consumer; `undefined` without a cluster. */
  readonly leader: string | undefined;
  /** The number of messages that were stored for the consumer at its creation. */
  readonly stored: number;
}

/** Long, and not relied upon: a successor creates its own consumer instead of waiting. */
const ackWaitMs = 600_000;

/** The account's limits for a consumer. */
export interface ConsumerRoom {
  readonly ackPending: number | undefined;
  /** Without memory, the server keeps the consumer's state on disk, which is slower. */
  readonly memory: boolean;
}

const unlimited: ConsumerRoom = { ackPending: undefined, memory: true };

/**
 * Creates the consumer of an epoch; deletes the partition's other consumers, with which it would overlap. Never updates one: a
 * cluster does not check an update for overlap.
 * @param confirm rejects with StaleEpochError when the epoch is no longer the newest: then nothing more is deleted
 * @throws StaleEpochError, ForeignConsumerError, TransportUnavailableError
 */
export async function createConsumer(
  api: JetStreamApi,
  mesh: string,
  at: FeedPlace,
  confirm: () => Promise<void>,
  room: ConsumerRoom = unlimited,
): Promise<OpenedConsumer> {
  const stream = mailboxStream(mesh, at.pool);
  const name = consumerName(at.partition, await generationOf(api, mesh), at.epoch);
  const filter = partitionSubjects(mesh, at.pool, at.partition);
  // one that vanished between refusal and listing is not foreign: only the second look counts
  for (let looks = 1; ; looks++) {
    try {
      const made = await api.request<ConsumerInfo>(createConsumerSubject(stream, name, filter), {
        stream_name: stream,
        action: 'create',
        config: {
          name,
          durable_name: name,
          filter_subject: filter,
          ack_policy: 'explicit',
          ack_wait: ackWaitMs * 1e6,
          max_deliver: -1,
          max_ack_pending: Math.min(maxAckPending, room.ackPending ?? maxAckPending),
          mem_storage: room.memory,
        },
      });
      return { name, leader: made.cluster?.leader, stored: made.num_pending ?? Number.POSITIVE_INFINITY };
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.errCode !== errCode.workQueueNotUnique) throw error;
      if (!(await deleteOthers(api, stream, at.partition, confirm)) && looks > 1) {
        throw new ForeignConsumerError(stream, at.partition, await foreignNames(api, stream));
      }
    }
  }
}

/** Identifies the state stream whose sequences are the epochs: a hash of its creation time. */
async function generationOf(api: JetStreamApi, mesh: string): Promise<string> {
  const { created } = await api.request<{ created: string }>(apiSubject('STREAM.INFO', stateStream(mesh)), {});
  return createHash('sha256').update(created).digest('hex').slice(0, 8);
}

/** Deletes the partition's other consumers. @returns whether there was one */
async function deleteOthers(
  api: JetStreamApi,
  stream: string,
  partition: number,
  confirm: () => Promise<void>,
): Promise<boolean> {
  const others = (await consumerNames(api, stream)).filter((name) => isConsumerOf(partition, name));
  for (const name of others) {
    await confirm();
    try {
      await api.request(apiSubject('CONSUMER.DELETE', stream, name), {});
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.errCode !== errCode.consumerNotFound) throw error;
    }
  }
  return others.length > 0;
}

/** Lists a few consumers whose names are not Parley's. */
async function foreignNames(api: JetStreamApi, stream: string): Promise<readonly string[]> {
  return (await consumerNames(api, stream)).filter((name) => !/^p\d+-/.test(name)).slice(0, 3);
}

async function consumerNames(api: JetStreamApi, stream: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const page = await api.request<{ total: number; consumers: readonly string[] | null }>(
      apiSubject('CONSUMER.NAMES', stream),
      { offset: names.length },
    );
    for (const name of page.consumers ?? []) names.push(name);
    if (names.length >= page.total || !page.consumers?.length) return names;
  }
}
