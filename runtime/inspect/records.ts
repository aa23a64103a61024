/** The newest readable records of a log, oldest first. */
import type { StoredText } from '../core/stored-record.ts';
import type { LoggedRecord, RecordLog } from '../transport/index.ts';

export async function newestRecords(
  log: Pick<RecordLog, 'last' | 'next'>,
  count: number,
): Promise<readonly LoggedRecord[]> {
  const found: LoggedRecord[] = [];
  const from = Math.max(1, (await log.last()) - count + 1);
  for (let next = await log.next(from); next !== undefined; next = await log.next(next.seq + 1)) found.push(next);
  return found;
}

/** Describes a record of a log by its number. */
export const textOf = ({ seq, payload }: LoggedRecord): StoredText => ({
  key: String(seq),
  text: Buffer.from(payload).toString('utf8'),
});
