/** Subjects of the server's own API (docs.nats.io, "JetStream wire API reference"), built of checked names. */
import { subjectOf } from '../../core/subject-rules.ts';

type ApiVerb =
  | 'INFO'
  | 'STREAM.CREATE'
  | 'STREAM.INFO'
  | 'STREAM.MSG.GET'
  | 'STREAM.NAMES'
  | 'STREAM.PURGE'
  | 'STREAM.UPDATE'
  | 'CONSUMER.CREATE'
  | 'CONSUMER.DELETE'
  | 'CONSUMER.INFO'
  | 'CONSUMER.MSG.NEXT'
  | 'CONSUMER.NAMES'
  | 'DIRECT.GET';

/** @param names the stream, and the consumer where the verb takes one. @throws InvalidSubjectError */
export const apiSubject = (verb: ApiVerb, ...names: readonly string[]): string =>
  subjectOf('$JS', 'API', ...verb.split('.'), ...names);

const consumerCreation = `${subjectOf('$JS', 'API', 'CONSUMER', 'CREATE')}.`;

/** Ends in the filter, so that permissions can depend on it. It is the only subject with a wildcard to which Parley publishes. */
export const createConsumerSubject = (stream: string, consumer: string, filter: string): string =>
  `${apiSubject('CONSUMER.CREATE', stream, consumer)}.${filter}`;

export const createsConsumer = (subject: string): boolean => subject.startsWith(consumerCreation);

/** The prefix of `$JS.ACK.<stream>.<consumer>.…`, before the position of a message. */
export const ackPrefix = (stream: string, consumer: string): string => subjectOf('$JS', 'ACK', stream, consumer);
