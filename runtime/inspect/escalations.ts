/** The escalations of a mesh. */
import { type Escalation, escalationShape } from '../core/escalation.ts';
import { type Reading, readAllStored } from '../core/stored-record.ts';
import type { Transport } from '../transport/index.ts';
import { newestRecords, textOf } from './records.ts';

/** Returns at most `count`, the newest last. @throws TransportUnavailableError */
export async function newestEscalations(transport: Transport, count: number): Promise<Reading<Escalation>> {
  const found = await newestRecords(transport.log('escalations'), count);
  return readAllStored(escalationShape, found.map(textOf));
}
