/** A process with one node whose addressed mailboxes are idle; reports its memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { memoryInUse } from '../measure/garbage.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyTarget } from '../subjects/parley-target.ts';

export interface IdleAnswer {
  readonly residentBytes: number;
  /** Heap and buffers in use. */
  readonly usedBytes: number;
}

/** A collection returns pages to the system only after a while. */
const settleMs = 1_000;
const collections = 4;

process.on('disconnect', () => process.exit());

const [url = '', mailboxes = '', intents = ''] = process.argv.slice(2);
const parley = await ParleyMesh.start(url);
const admin = await connect({ servers: url });
await new ParleyTarget('parley', parley, admin, Number(mailboxes)).run(Number(intents));
await parley.node.whenIdle();
parley.onIntent(() => undefined);
for (let i = 0; i < collections; i++) {
  memoryInUse();
  await sleep(settleMs);
}
const answer: IdleAnswer = { usedBytes: memoryInUse(), residentBytes: process.memoryUsage.rss() };
process.send?.(answer);
