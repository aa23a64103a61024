/** The newest records of a log, oldest first. */
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

export const readRecord = <T>({ payload }: LoggedRecord): T => JSON.parse(Buffer.from(payload).toString('utf8')) as T;
