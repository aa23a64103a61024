/** A run as the rules read it: the history by intent, by fault and by process, and what the store held at the end. */
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

/** What is read from the servers when everything has come to rest. */
export interface RunEnd {
  /** Milliseconds of the machine's clock. */
  readonly t: number;
  /** Of the archive, by intent id. */
  readonly archived: ReadonlyMap<string, ArchivedPlace>;
  /** Messages that the pool's stream still holds. */
  readonly backlog: number;
  /** Of the pool. */
  readonly partitions: number;
  /** In which replicas of a stream differ, a sentence each. */
  readonly replicaDifferences: readonly string[];
  /** Whether there were replicas to compare. */
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
  /** Absent: it was cut short, or goes on. */
  readonly ended?: number;
  readonly outcome: 'handled' | 'failed' | 'cut';
}

export interface IntentRecord {
  readonly id: string;
  lane: LaneName | undefined;
  type: string | undefined;
  readonly sendings: SendingEvent[];
  accepted: AcceptedEvent | undefined;
  /** How the last try to send it ended without being accepted. */
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

/** @param events in order of time */
export function recordOf(events: readonly HistoryEvent[], end: RunEnd): RunRecord {
  const intents = new Map<string, IntentRecord>();
  /** Handlings that go on, by process and intent. */
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

/** Where it stands in its pool, as its sender was told or as the archive says; `undefined` when neither is known. */
export const positionOf = ({ end }: RunRecord, { id, accepted }: IntentRecord): number | undefined =>
  accepted?.seq ?? end.archived.get(id)?.seq;

export const isHandled = ({ handlings }: IntentRecord): boolean =>
  handlings.some(({ outcome }) => outcome === 'handled');

/** All that the history says of one intent, in order. */
export const eventsOf = ({ events }: RunRecord, id: string): readonly HistoryEvent[] =>
  events.filter((event) => 'id' in event && event.id === id);
