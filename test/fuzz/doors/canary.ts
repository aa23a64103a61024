/** An intent as any client sends it: a node that does not handle it within the deadline does not work any more. */
import { setTimeout as pause } from 'node:timers/promises';
import { DoorFault, hangMs } from '../door.ts';
import type { FuzzedNode, Running } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { documentOf } from '../wire/http-answers.ts';
import { alert, answersTo, noteAccepted, post } from './http.ts';

/** To an agent of each partition, and more. */
const receivers = ['worker', ...Array.from({ length: 8 }, (_, n) => `ledger/canary-${n}`)];

export async function checkHandled(node: FuzzedNode, ledger: Ledger): Promise<void> {
  const running = await node.ready();
  await Promise.all(receivers.map((to) => checkOne(running, ledger, to)));
}

async function checkOne(running: Running, ledger: Ledger, to: string): Promise<void> {
  const [answer] = await answersTo(running, post('', alert().replace('"worker"', JSON.stringify(to))));
  if (answer?.status !== 202) throw new DoorFault(`a valid intent was answered ${JSON.stringify(answer)}`);
  noteAccepted(ledger, running.mesh, answer);
  const { ticket } = documentOf(answer.body) as { readonly ticket: string };
  const until = performance.now() + hangMs;
  for (;;) {
    const url = `http://127.0.0.1:${running.port}/v1/intents/${ticket}`;
    const text = await running.while(fetch(url).then((found) => found.text()));
    if ((documentOf(text) as { readonly state?: unknown }).state === 'handled') return;
    if (performance.now() > until) throw new DoorFault(`a valid intent to "${to}" is still ${text.trim()}`);
    await pause(50);
  }
}
