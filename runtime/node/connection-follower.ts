/** Reacts to changes of a node's connection, or to messages with a foreign reply subject. */
import { ReasonLog } from '../core/reason-log.ts';
import type { NodeParts } from './composition.ts';
import type { CompiledNode } from './node-options.ts';

/** @returns functions that stop each part */
export function followConnection(
  { transport, log, observers }: CompiledNode,
  { lanes, storeClock }: NodeParts,
): readonly (() => void)[] {
  const foreign = new ReasonLog();
  return [
    transport.signals.onForeignReply((subject) => {
      observers.events.messageDropped('foreign_reply_subject');
      // once per subject: a client that alternates good and bad requests cannot fill the log
      if (!foreign.isNew(subject)) return;
      const why = 'a message is dropped: its reply subject is not below the inbox prefixes of this node';
      log.warn({ subject, prefixes: 'NATS_INBOX_PREFIX, NATS_REPLY_PREFIX' }, why);
    }),
    transport.onStatus((status) => {
      const server = transport.describe;
      if (status === 'connected') {
        log.info({ server }, 'connected');
        lanes.retryNow();
      } else {
        storeClock.forget();
        log.warn({ server }, 'connection lost');
      }
      observers.events.connection(status);
    }),
  ];
}
