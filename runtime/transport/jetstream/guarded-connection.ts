/**
 * The connection as Parley uses it. The client library writes subjects into the protocol unchecked, so a space or a line end in
 * one would inject a command: here every subject, reply subject and queue is checked first. An error thrown by a callback would
 * end the library's reader, and with it the connection, permanently and silently: here it only fails that message.
 */
import { createInbox, type NatsConnection, type SubscriptionOptions } from 'nats';
import { checkPattern, checkQueue, checkSubject } from '../../core/subject-rules.ts';
import type { Inboxes } from '../inbox-prefix.ts';
import { createsConsumer } from './api-subjects.ts';
import type { RefusedOperation } from './connection-problems.ts';
import { FrameWriter } from './frame-writer.ts';
import { encodedBlock } from './headers.ts';

export interface GuardedConnection extends NatsConnection {
  readonly inboxes: Inboxes;
  /** A subject of this connection's own, below its inbox prefix. */
  newInbox(): string;
  /**
   * Starts an operation that the server may have refused before; call the returned function when it has succeeded. Requests do so by themselves.
   */
  readonly retried: Retried;
  /**
   * Publishes with the given header block.
   * @param headers ASCII, from `NATS/1.0` to its empty line
   */
  publishBlock(subject: string, payload: Uint8Array, reply: string, headers: string): void;
}

export type Retried = (operation: RefusedOperation, subject: string) => (() => void) | undefined;

/** Called with the error of a callback and the subject of its subscription. */
export type CallbackFailed = (subject: string, error: unknown) => void;

export interface GuardParts {
  readonly inboxes: Inboxes;
  readonly failed: CallbackFailed;
  readonly retried: Retried;
}

type Guarded = Pick<
  GuardedConnection,
  'publish' | 'publishBlock' | 'request' | 'subscribe' | 'inboxes' | 'newInbox' | 'retried'
>;

/** Replaces the methods of this one connection. Hot path: a check costs some 50 ns and allocates nothing. */
export function guardConnection(
  connection: NatsConnection,
  { inboxes, failed, retried }: GuardParts,
): GuardedConnection {
  const publish = connection.publish.bind(connection);
  const request = connection.request.bind(connection);
  const subscribe = connection.subscribe.bind(connection);
  const frames = FrameWriter.of(connection);
  const guarded: Guarded = {
    inboxes,
    retried,
    newInbox: () => createInbox(inboxes.prefix),
    publish(subject, payload, options) {
      const { reply = '', headers } = options ?? {};
      checkTarget(subject, reply);
      const isPlain = headers === undefined && payload instanceof Uint8Array;
      if (!isPlain || frames?.publish(subject, reply, '', payload) !== true) publish(subject, payload, options);
    },
    publishBlock(subject, payload, reply, headers) {
      checkTarget(subject, reply);
      if (frames?.publish(subject, reply, headers, payload) === true) return;
      publish(subject, payload, { reply, headers: encodedBlock(headers) });
    },
    async request(subject, payload, options) {
      checkTarget(subject, options?.reply ?? '');
      const worked = retried('publish', subject);
      const answer = await request(subject, payload, options);
      worked?.();
      return answer;
    },
    subscribe(subject, options) {
      checkPattern(subject);
      if (options?.queue !== undefined) checkQueue(options.queue);
      return subscribe(subject, contained(subject, options, failed));
    },
  };
  return Object.assign(connection, guarded);
}

function contained(
  subject: string,
  options: SubscriptionOptions | undefined,
  failed: CallbackFailed,
): SubscriptionOptions | undefined {
  const { callback } = options ?? {};
  if (callback === undefined) return options;
  return {
    ...options,
    callback(refusal, message) {
      try {
        callback(refusal, message);
      } catch (error) {
        failed(subject, error);
      }
    },
  };
}

function checkTarget(subject: string, reply: string): void {
  if (createsConsumer(subject)) checkPattern(subject);
  else checkSubject(subject);
  if (reply !== '') checkSubject(reply, 'reply subject');
}
