/** The program of the senders: clients outside the mesh, in a process that only faults of its network path affect. */
import { type Clock, sleep, systemClock } from '../../core/clock.ts';
import { startNode } from '../../node/node.ts';
import { connectJetStream } from '../../transport/jetstream/index.ts';
import { HistoryFile } from './history-file.ts';
import { type SenderSettings, senderMessage, senderVariable } from './sender-settings.ts';
import { Sends } from './sends.ts';
import { type PlannedSend, planFlood, planSend } from './workload-mix.ts';

const tickMs = 50;
/** The number of sends of a flood that run at a time. */
const volley = 32;

class Load {
  readonly #sends: Sends;
  readonly #settings: SenderSettings;
  readonly #clock: Clock;
  readonly #open = new Set<Promise<void>>();
  #isOver = false;
  #flooded = 0;

  constructor(sends: Sends, settings: SenderSettings, clock: Clock) {
    this.#sends = sends;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Resolves when `end` was received and every send has its answer. */
  async run(): Promise<void> {
    const { seed, rate } = this.#settings;
    const startedAt = this.#clock.monotonic();
    for (let n = 0; !this.#isOver; ) {
      const due = ((this.#clock.monotonic() - startedAt) * rate) / 1_000;
      // drops sends that a busy machine prevented, instead of sending them all at once
      for (const last = Math.min(due, n + rate); n < last; n++) void this.#send(planSend(seed, n));
      await sleep(this.#clock, tickMs);
    }
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async flood(ms: number): Promise<void> {
    const end = this.#clock.monotonic() + ms;
    while (!this.#isOver && this.#clock.monotonic() < end) {
      const plans = Array.from({ length: volley }, () => planFlood(this.#settings.seed, this.#flooded++));
      await Promise.all([...plans.map((plan) => this.#send(plan)), sleep(this.#clock, tickMs)]);
    }
  }

  end(): void {
    this.#isOver = true;
  }

  #send(plan: PlannedSend): Promise<void> {
    const sent = this.#sends.send(plan).finally(() => this.#open.delete(sent));
    this.#open.add(sent);
    return sent;
  }
}

async function run(settings: SenderSettings): Promise<void> {
  const { history: folder, process: name, nats: url, mesh } = settings;
  using history = new HistoryFile(folder, name);
  await using transport = await connectJetStream({ url, mesh, whenUnavailable: 'wait', name: `chaos ${name}` });
  await using node = await startNode({ agents: [] }, { transport, mesh, egress: 'off', start: 'background' });
  let gateways: readonly string[] = [];
  const load = new Load(
    new Sends({ node, history, clock: systemClock, gateways: () => gateways }),
    settings,
    systemClock,
  );
  process.on('message', (message) => {
    const order = senderMessage.parse(message);
    if (order.kind === 'gateways') gateways = order.urls;
    else if (order.kind === 'end') load.end();
    else void load.flood(order.ms);
  });
  process.on('disconnect', () => process.exit(1));
  process.send?.('ready');
  await load.run();
  process.removeAllListeners('disconnect');
  process.disconnect?.();
}

await run(JSON.parse(process.env[senderVariable] ?? '') as SenderSettings);
