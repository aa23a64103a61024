/** A process that only sends: a node without agents, on its own connection, without an egress bucket. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ParleyError, reasonOf } from '../../runtime/core/errors.ts';
import { type Node, startNode } from '../../runtime/node/node.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import { draftOf } from '../subjects/payload.ts';
import { senderKey, senderKind } from '../subjects/routes.ts';
import { BitSet, type FromLoadSender, type LoadJob, type LoadResult, type ToLoadSender } from './load-job.ts';

/** Unconfirmed sends: fewer than a node queues behind one lane, so that only the mailbox refuses. */
const window = 512;

const [url = '', mesh = ''] = process.argv.slice(2);
const say = (message: FromLoadSender): void => void process.send?.(message);

process.on('disconnect', () => process.exit());
process.on('message', (message: ToLoadSender) => {
  run(message.job).then(
    (result) => say({ kind: 'done', result }),
    (error: unknown) => say({ kind: 'failed', reason: reasonOf(error) }),
  );
});

const node: Node = await startNode(
  { agents: [] },
  { transport: await connectJetStream({ url, mesh }), mesh, egress: 'off' },
);
say({ kind: 'ready' });

async function run(job: LoadJob): Promise<LoadResult> {
  const { intents, receivers, mode } = job;
  const senders = Array.from({ length: job.senders }, (_, i) => `${senderKind}/${senderKey(i)}`);
  const confirmed = new BitSet(intents);
  const refusals: Record<string, number> = {};
  const startedAt = performance.now();
  let [next, open, tickets] = [0, 0, 0];
  const send = (n: number): void => {
    open++;
    const from = senders[Math.floor(n / receivers.length) % senders.length] ?? '';
    node
      .tell(receivers[n % receivers.length] ?? '', draftOf(n), { from, mode })
      .then(
        () => {
          tickets++;
          confirmed.add(n);
        },
        (error: unknown) => {
          const code = error instanceof ParleyError ? error.code : reasonOf(error);
          refusals[code] = (refusals[code] ?? 0) + 1;
        },
      )
      .finally(() => {
        open--;
        if (next < due(job, startedAt) && open < window) send(next++);
      });
  };
  while (next < intents || open > 0) {
    while (next < due(job, startedAt) && open < window) send(next++);
    await sleep(1);
  }
  return {
    confirmed: confirmed.toString(),
    tickets,
    refusals,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** Returns how many sends are due by now. */
function due({ intents, ratePerSecond }: LoadJob, startedAt: number): number {
  if (ratePerSecond === null) return intents;
  return Math.min(intents, Math.ceil(((performance.now() - startedAt) * ratePerSecond) / 1000));
}
