/** Calls for a human in a mesh. */
import type { Escalation } from '../core/escalation.ts';
import type { Transport } from '../transport/index.ts';
import { newestRecords, readRecord } from './records.ts';

/** At most `count`, the newest last. @throws TransportUnavailableError */
export async function newestEscalations(transport: Transport, count: number): Promise<readonly Escalation[]> {
  return (await newestRecords(transport.log('escalations'), count)).map(readRecord<Escalation>);
}
