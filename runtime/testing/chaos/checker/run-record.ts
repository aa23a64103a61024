/** A run in the form that the rules need: the history by intent, fault and process, with the final content of the store. */
import type {
  AcceptedEvent,
  DeadEvent,
  FaultEvent,
  HistoryEvent,
  LaneName,
  SendingEvent,
  StartedEvent,
  TicketEvent,
} from '../history-event.ts';
import { type FaultSpan, faultSpans } from './fault-spans.ts';

/** The content of the servers when everything has come to rest. */
export interface RunEnd {
  /** Milliseconds of the clock of the machine. */
  readonly t: number;
  /** The archive, by intent id. */
  readonly archived: ReadonlyMap<string, ArchivedPlace>;
  /** Messages that remain in the stream of the pool. */
  readonly backlog: number;
  /** The number of partitions of the pool. */
  readonly partitions: number;
  /** Differences between replicas of a stream, one sentence each. */
  readonly replicaDifferences: readonly string[];
  /** True when there were replicas to compare. */
  readonly replicasCompared: boolean;
}

export interface ArchivedPlace {
  readonly seq: number;
  readonly lane: LaneName;
  readonly outcome: string;
}

/** One attempt to handle an intent. */
export interface Handling {
  readonly process: string;
  readonly began: StartedEvent;
  /** Absent when it was interrupted, or still runs. */
  readonly ended?: number;
  readonly outcome: 'handled' | 'failed' | 'cut';
}

export interface IntentRecord {
  readonly id: string;
  lane: LaneName | undefined;
  type: string | undefined;
  readonly sendings: SendingEvent[];
  accepted: AcceptedEvent | undefined;
  /** How the last attempt to send it ended, if it was not accepted. */
  unaccepted: { readonly event: HistoryEvent; readonly isKnown: boolean } | undefined;
  readonly handlings: Handling[];
  dead: DeadEvent | undefined;
  readonly tickets: TicketEvent[];
}

export interface RunRecord {
  readonly events: readonly HistoryEvent[];
  readonly intents: ReadonlyMap<string, IntentRecord>;
  readonly faults: readonly FaultSpan[];
  readonly end: RunEnd;
}

/** Builds the record. @param events in order of time */
export function recordOf(events: readonly HistoryEvent[], end: RunEnd): RunRecord {
  const intents = new Map<string, IntentRecord>();
  /** Handlings in progress, by process and intent. */
  const open = new Map<string, number>();
  for (const event of events) {
    if (!('id' in event)) continue;
    const record = recordIn(intents, event.id);
    const running = `${event.by} ${event.id}`;
    switch (event.event) {
      case 'sending':
        record.sendings.push(event);
        record.lane ??= event.lane;
        record.type ??= event.type;
        break;
      case 'accepted':
        record.accepted ??= event;
        record.lane ??= event.lane;
        break;
      case 'refused':
      case 'unknown':
        record.unaccepted = { event, isKnown: event.event === 'refused' };
        record.lane ??= event.lane;
        break;
      case 'started':
        record.lane ??= event.lane;
        record.type ??= event.type;
        open.set(running, record.handlings.length);
        record.handlings.push({ process: event.by, began: event, outcome: 'cut' });
        break;
      case 'handled':
      case 'failed': {
        const at = open.get(running);
        const handling = at === undefined ? undefined : record.handlings[at];
        if (at === undefined || handling === undefined) break;
        record.handlings[at] = { ...handling, ended: event.t, outcome: event.event };
        open.delete(running);
        break;
      }
      case 'dead':
        record.dead ??= event;
        break;
      case 'ticket':
        record.tickets.push(event);
        break;
      case 'replied':
        break;
      default:
        event satisfies never;
    }
  }
  const faults = faultSpans(
    events.filter((event): event is FaultEvent => event.event === 'fault'),
    end.t,
  );
  return { events, intents, faults, end };
}

function recordIn(intents: Map<string, IntentRecord>, id: string): IntentRecord {
  let record = intents.get(id);
  if (record === undefined) {
    record = {
      id,
      lane: undefined,
      type: undefined,
      sendings: [],
      accepted: undefined,
      unaccepted: undefined,
      handlings: [],
      dead: undefined,
      tickets: [],
    };
    intents.set(id, record);
  }
  return record;
}

/** Returns the position in the pool that the sender received or the archive recorded; `undefined` when neither is known. */
export const positionOf = ({ end }: RunRecord, { id, accepted }: IntentRecord): number | undefined =>
  accepted?.seq ?? end.archived.get(id)?.seq;

export const isHandled = ({ handlings }: IntentRecord): boolean =>
  handlings.some(({ outcome }) => outcome === 'handled');

/** Returns all events of one intent, in order. */
export const eventsOf = ({ events }: RunRecord, id: string): readonly HistoryEvent[] =>
  events.filter((event) => 'id' in event && event.id === id);
