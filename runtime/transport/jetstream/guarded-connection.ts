/**
 * The connection as Parley uses it. The client library writes subjects into the protocol as they are, so that one with a space
 * or a line end in it is a command of its own: here every subject, reply subject and queue is checked before it gets there.
 */
import { createInbox, type NatsConnection } from 'nats';
import { checkPattern, checkQueue, checkSubject } from '../../core/subject-rules.ts';
import type { Inboxes } from '../inbox-prefix.ts';
import { createsConsumer } from './api-subjects.ts';

export interface GuardedConnection extends NatsConnection {
  readonly inboxes: Inboxes;
  /** A subject of this connection's own, below its inbox prefix. */
  newInbox(): string;
}

/** Replaces the methods of this one connection. Hot path: a check costs some 50 ns and allocates nothing. */
export function guardConnection(connection: NatsConnection, inboxes: Inboxes): GuardedConnection {
  const publish = connection.publish.bind(connection);
  const request = connection.request.bind(connection);
  const subscribe = connection.subscribe.bind(connection);
  const guarded: Pick<GuardedConnection, 'publish' | 'request' | 'subscribe' | 'inboxes' | 'newInbox'> = {
    inboxes,
    newInbox: () => createInbox(inboxes.prefix),
    publish(subject, payload, options) {
      checkTarget(subject, options?.reply);
      publish(subject, payload, options);
    },
    async request(subject, payload, options) {
      checkTarget(subject, options?.reply);
      return request(subject, payload, options);
    },
    subscribe(subject, options) {
      checkPattern(subject);
      if (options?.queue !== undefined) checkQueue(options.queue);
      return subscribe(subject, options);
    },
  };
  return Object.assign(connection, guarded);
}

function checkTarget(subject: string, reply: string | undefined): void {
  if (createsConsumer(subject)) checkPattern(subject);
  else checkSubject(subject);
  if (reply !== undefined) checkSubject(reply, 'reply subject');
}
