/** A log as one connection sees it: each call is a request, repeated until an answer comes. */

import type { LogName } from '../../core/stores.ts';
import { allKeys, recordPattern, recordSubject } from '../../core/subjects.ts';
import { checkMessageId } from '../propagated-headers.ts';
import { type RecordLog, usualRecordBytes } from '../record-log.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Requests } from './requests.ts';

const appendMs = 30_000;

export function simulatedLog(broker: SimulatedBroker, which: LogName, requests: Requests): RecordLog {
  const records = broker.log(which);
  return {
    maxBytes: usualRecordBytes,
    append: async (record) => {
      recordSubject(which, record.key);
      checkMessageId(record.messageId);
      return requests.ask(
        `recording "${record.messageId}"`,
        () => {
          const { seq, known } = records.append(record);
          if (!known) broker.note(which, record.key, record.messageId);
          return seq;
        },
        appendMs,
      );
    },
    latest: async (key) => {
      recordSubject(which, key);
      return requests.ask(`reading ${which} of ${key}`, () => records.latest(key));
    },
    last: () => requests.ask(`looking at ${which}`, () => records.all.length),
    next: async (seq, key = allKeys) => {
      recordPattern(which, key);
      return requests.ask(`reading ${which} from ${seq}`, () => records.next(seq, key === allKeys ? undefined : key));
    },
  };
}
