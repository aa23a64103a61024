/** The one consumer of a partition. The server refuses a second one with an overlapping filter: that is the election. */
import { consumerName, mailboxStream, partitionSubjects } from '../../core/subjects.ts';
import type { FeedPlace } from '../transport.ts';
import { StaleEpochError } from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject, createConsumerSubject } from './api-subjects.ts';

/** Long, and not relied upon: a successor does not wait for it, it makes a consumer of its own. */
const ackWaitMs = 600_000;
/** Many full lanes of one slow mailbox must not hold up the others of its partition (harmless, measured). */
const maxAckPending = 100_000;

/**
 * Makes `p<partition>-e<epoch>`, deleting those of older epochs that stand in its way. Creates and deletes only: an update is
 * not checked for overlap in a cluster.
 * @throws StaleEpochError when a newer epoch's consumer is there
 */
export async function createConsumer(api: JetStreamApi, mesh: string, at: FeedPlace): Promise<void> {
  const stream = mailboxStream(mesh, at.pool);
  const name = consumerName(at.partition, at.epoch);
  const filter = partitionSubjects(mesh, at.pool, at.partition);
  for (;;) {
    try {
      await api.request(createConsumerSubject(stream, name, filter), {
        stream_name: stream,
        action: 'create',
        config: {
          name,
          durable_name: name,
          filter_subject: filter,
          ack_policy: 'explicit',
          ack_wait: ackWaitMs * 1e6,
          max_deliver: -1,
          max_ack_pending: maxAckPending,
          mem_storage: true,
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.errCode !== errCode.workQueueNotUnique) throw error;
      await deleteOthers(api, stream, at);
    }
  }
}

async function deleteOthers(api: JetStreamApi, stream: string, at: FeedPlace): Promise<void> {
  for (const name of await consumerNames(api, stream)) {
    const prefix = `p${at.partition}-e`;
    if (!name.startsWith(prefix)) continue;
    if (Number(name.slice(prefix.length)) > at.epoch) throw new StaleEpochError(name, at.epoch);
    try {
      await api.request(apiSubject('CONSUMER.DELETE', stream, name), {});
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.errCode !== errCode.consumerNotFound) throw error;
    }
  }
}

async function consumerNames(api: JetStreamApi, stream: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const page = await api.request<{ total: number; consumers: readonly string[] | null }>(
      apiSubject('CONSUMER.NAMES', stream),
      { offset: names.length },
    );
    names.push(...(page.consumers ?? []));
    if (names.length >= page.total || !page.consumers?.length) return names;
  }
}
