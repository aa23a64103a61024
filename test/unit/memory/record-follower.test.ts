import { afterEach, expect, it } from 'vitest';
import { deferred } from '../../../runtime/core/deferred.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { RecordFollower } from '../../../runtime/memory/record-follower.ts';
import type { LoggedRecord, RecordLog } from '../../../runtime/transport/index.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { LogRecorder } from '../../support/log-recorder.ts';

/** A log in memory: from which records may be gone, and that may fail. */
class ListedLog implements RecordLog {
  readonly maxBytes = 1024 * 1024;
  readonly records: LoggedRecord[] = [];
  obstacle: Error | undefined;
  seq = 0;

  async append(): Promise<number> {
    this.records.push({ seq: ++this.seq, key: 'k', payload: new Uint8Array() });
    return this.seq;
  }

  async next(seq: number): Promise<LoggedRecord | undefined> {
    if (this.obstacle !== undefined) throw this.obstacle;
    return this.records.find((record) => record.seq >= seq);
  }

  async latest(): Promise<LoggedRecord | undefined> {
    return this.records.at(-1);
  }

  async last(): Promise<number> {
    return this.seq;
  }
}

interface Rig {
  readonly records: ListedLog;
  readonly clock: ManualClock;
  readonly log: LogRecorder;
  readonly groups: number[][];
  readonly follower: RecordFollower;
}

const open: RecordFollower[] = [];
afterEach(() => {
  for (const follower of open.splice(0)) follower.stop();
});

async function rig(stored: number, apply: (group: readonly LoggedRecord[]) => Promise<void> = async () => undefined) {
  const [records, clock, log, groups] = [new ListedLog(), new ManualClock(), new LogRecorder(), [] as number[][]];
  for (let n = 0; n < stored; n++) await records.append();
  const follower = new RecordFollower({
    records,
    clock,
    log,
    async apply(group) {
      await apply(group);
      groups.push(group.map(({ seq }) => seq));
    },
  });
  open.push(follower);
  return { records, clock, log, groups, follower } satisfies Rig;
}

it('The follower applies existing records in groups, in order, without a pause between them', async () => {
  const { follower, groups } = await rig(150);
  await follower.caughtUp();
  expect(groups.map((group) => group.length)).toEqual([64, 64, 22]);
  expect(groups.flat()).toEqual(Array.from({ length: 150 }, (_, n) => n + 1));
});

it('The follower sees the records of others after a pause, and at once when it is nudged or asked', async () => {
  const { follower, records, groups, clock } = await rig(1);
  await follower.caughtUp();
  await turn();
  await records.append();
  await turn();
  expect(groups).toEqual([[1]]);
  clock.advance(250);
  await turn();
  expect(groups).toEqual([[1], [2]]);
  await records.append();
  follower.nudge();
  await turn();
  expect(groups).toEqual([[1], [2], [3]]);
  await records.append();
  await follower.caughtUp();
  expect(groups).toEqual([[1], [2], [3], [4]]);
});

it('A nudge during a read is not lost', async () => {
  const reading = deferred();
  const { follower, records, groups } = await rig(1, () => reading.promise);
  await turn();
  await records.append();
  follower.nudge();
  reading.resolve();
  await turn();
  expect(groups).toEqual([[1], [2]]);
});

it('The follower is caught up also where the last records are gone', async () => {
  const { follower, records, groups } = await rig(1);
  await follower.caughtUp();
  records.seq += 2;
  await follower.caughtUp();
  expect(groups).toEqual([[1]]);
});

it('The follower is not caught up before it has applied what was there', async () => {
  const applying = deferred();
  const { follower, records } = await rig(1, ([record]) => (record?.seq === 2 ? applying.promise : Promise.resolve()));
  await follower.caughtUp();
  await records.append();
  let caughtUp = false;
  const waiting = follower.caughtUp().then(() => {
    caughtUp = true;
  });
  await turn();
  expect(caughtUp).toBe(false);
  applying.resolve();
  await waiting;
});

it('A waiting caller learns the obstacle, and the follower retries after a pause', async () => {
  const { follower, records, clock, log, groups } = await rig(0);
  await follower.caughtUp();
  await records.append();
  records.obstacle = new Error('the server is away');
  await expect(follower.caughtUp()).rejects.toThrow('the server is away');
  expect(log.texts).toEqual(['following the knowledge stream failed, retrying']);
  records.obstacle = undefined;
  await turn();
  expect(groups).toEqual([]);
  clock.advance(250);
  await turn();
  expect(groups).toEqual([[1]]);
});

it('A stopped follower leaves no timer, and applies nothing', async () => {
  const { follower, records, clock, groups } = await rig(1);
  await follower.caughtUp();
  await turn();
  expect(clock.pending).toBe(1);
  await records.append();
  follower.stop();
  await turn();
  expect(clock.pending).toBe(0);
  expect(groups).toEqual([[1]]);
});
