/** The rig of the contract tests on a real nats-server: every rig is a separate mesh on the same server. */
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'nats';
import type { Transport } from '../../runtime/transport/index.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import type { ContractRig } from '../contract/contract-rig.ts';

let meshes = 0;

export async function jetStreamRig(url: string): Promise<ContractRig> {
  await keepAccount(url);
  const mesh = `rig_${process.pid}_${meshes++}`;
  const transports: Transport[] = [];
  return {
    mesh,
    async connect() {
      const transport = await connectJetStream({ url, mesh });
      transports.push(transport);
      return transport;
    },
    async settle() {
      for (const transport of transports)
        await transport.signals.ask(`${mesh}.nobody.listens`, '', 1_000).catch(() => 0);
    },
    until,
    async dispose() {
      for (const transport of transports) await transport.close();
      await deleteStreams(url, mesh);
    },
  };
}

/** Ends a wait that would never end. It is not a measure of the machine: a busy one takes ten times as long as an idle one. */
const hangMs = 60_000;

/** Polls a condition up to a deadline: events of a server are not visible here. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms: number = hangMs,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`within ${ms} ms this did not come true: ${what}`);
    await pause(5);
  }
}

const kept = new Map<string, Promise<void>>();

/**
 * Keeps a stream in the account. When the last stream of an account is deleted, nats-server removes the folder of the account a
 * moment later; creating a stream at that moment fails with 10049, "error creating store" (10 of 1,500, measured; none with a
 * stream that stays).
 */
function keepAccount(url: string): Promise<void> {
  const known = kept.get(url);
  if (known !== undefined) return known;
  const keeping = (async () => {
    const admin = await connect({ servers: url });
    await (await admin.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await admin.close();
  })();
  kept.set(url, keeping);
  return keeping;
}

async function deleteStreams(url: string, mesh: string): Promise<void> {
  const admin = await connect({ servers: url });
  try {
    const manager = await admin.jetstreamManager();
    for await (const name of manager.streams.names()) {
      if (name.startsWith(`${mesh.toUpperCase()}_`) || name.startsWith(`KV_${mesh}_`))
        await manager.streams.delete(name);
    }
  } finally {
    await admin.close();
  }
}
