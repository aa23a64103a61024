import { expect, it } from 'vitest';
import { CongestionMonitor } from '../../../runtime/cluster/congestion-monitor.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { closedSubject } from '../../../runtime/core/subjects.ts';
import type { PoolUsage } from '../../../runtime/transport/index.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

const maxBytes = 1_000_000;

/** Core NATS between any number of watches, and a store whose fill the test sets. */
class Wire {
  readonly clock = new ManualClock();
  readonly said: string[] = [];
  fillOf: () => Promise<number> = async () => 0;
  readonly measured: number[] = [];
  cut = false;
  #watches = 0;
  readonly #listeners = new Set<(subject: string, text: string) => void>();

  watch(): CongestionMonitor {
    const signals = {
      notify: (subject: string, text: string) => this.say(subject, text),
      listen: (subject: string, handler: (text: string) => void) => {
        const listener = (to: string, text: string): void => {
          if (to === subject) handler(text);
        };
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
    const usage = async (): Promise<PoolUsage> => {
      const bytes = (await this.fillOf()) * maxBytes;
      return { bytes, maxBytes, messages: 0, time: this.clock.now() };
    };
    return new CongestionMonitor({
      mesh: 'sim',
      node: `node-${++this.#watches}`,
      transport: { signals, pools: { usage } },
      clock: this.clock,
      log: silentLogger,
      measured: (_pool, { time }, askedAt, answeredAt) => void this.measured.push(time, askedAt, answeredAt),
    });
  }

  say(subject: string, text: string): void {
    this.said.push(text);
    if (!this.cut) for (const listener of [...this.#listeners]) listener(subject, text);
  }

  get listening(): number {
    return this.#listeners.size;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100);
      await turn();
    }
  }
}

const isClosed = (watch: CongestionMonitor, agent = 'agent/a'): boolean => watch.isClosed('main', agent);

it('A node hears that a mailbox is closed, and that it is open again', () => {
  const wire = new Wire();
  const [owner, sender] = [wire.watch(), wire.watch()];
  expect(isClosed(sender)).toBe(false);
  owner.announce('main', 'agent/a', true);
  expect([isClosed(sender), isClosed(sender, 'agent/b'), sender.isClosed('other', 'agent/a')]).toEqual([
    true,
    false,
    false,
  ]);
  owner.announce('main', 'agent/a', false);
  expect(isClosed(sender)).toBe(false);
});

it('A node repeats closed mailboxes every 500 ms, for nodes that did not hear or came later', async () => {
  const wire = new Wire();
  const owner = wire.watch();
  owner.announce('main', 'agent/a', true);
  const late = wire.watch();
  expect(isClosed(late)).toBe(false);
  await wire.pass(500);
  expect(isClosed(late)).toBe(true);
  await wire.pass(60_000);
  expect(isClosed(late)).toBe(true);
  owner.announce('main', 'agent/a', false);
  const count = wire.said.length;
  await wire.pass(5_000);
  expect(wire.said).toHaveLength(count);
});

it('A node forgets a closed mailbox that is not repeated for 2 s: a dead owner closes nothing', async () => {
  const wire = new Wire();
  const [owner, sender] = [wire.watch(), wire.watch()];
  isClosed(sender);
  owner.announce('main', 'agent/a', true);
  wire.cut = true;
  await wire.pass(1_900);
  expect(isClosed(sender)).toBe(true);
  await wire.pass(100);
  expect(isClosed(sender)).toBe(false);
});

it.each([
  '',
  '{',
  'null',
  '7',
  '"agent/a"',
  '[]',
  '{"closed":"agent/a"}',
  '{"closed":{"0":"agent/a"}}',
  '{"closed":[7,null,{"agent/a":1}],"open":7}',
  '{"sender":7}',
])('A node ignores an invalid announcement: %s', (text) => {
  const wire = new Wire();
  const watch = wire.watch();
  isClosed(watch);
  wire.say(closedSubject('sim', 'main'), text);
  expect(isClosed(watch)).toBe(false);
  wire.say(closedSubject('sim', 'main'), '{"v":1,"closed":["agent/a"],"open":[]}');
  expect(isClosed(watch)).toBe(true);
});

/** Who may send one small intent. */
const admitted = (watch: CongestionMonitor): string =>
  (['client', 'agent'] as const).filter((rank) => watch.takeRoom('main', rank, 10)).join();

it('A node refuses clients from 70 % of the store, agents from 85 %, and accepts both again below', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  const seen: string[] = [];
  for (const fill of [0.69, 0.7, 0.84, 0.85, 1, 0.84, 0.69, 0]) {
    wire.fillOf = async () => fill;
    await wire.pass(1_000);
    seen.push(admitted(watch));
  }
  expect(seen).toEqual(['client,agent', 'agent', 'agent', '', '', 'agent', 'client,agent', 'client,agent']);
});

it('A node asks the store at once when a pool is first sent to, and every second from then on', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  wire.fillOf = async () => 1;
  expect(admitted(watch)).toBe('client,agent');
  await turn();
  expect([admitted(watch), wire.measured.length]).toEqual(['', 3]);
  await wire.pass(3_000);
  expect(wire.measured).toHaveLength(12);
});

it('A node spends no more than the headroom between two answers, and less when other nodes send too', async () => {
  const wire = new Wire();
  const [one, two] = [wire.watch(), wire.watch()];
  const spend = (watch: CongestionMonitor): number => {
    let sent = 0;
    while (watch.takeRoom('main', 'client', 744)) sent++;
    return sent;
  };
  wire.fillOf = async () => 0.5;
  for (const watch of [one, two]) await watch.measure('main');
  expect(spend(one)).toBe(200);
  expect(one.takeRoom('main', 'agent', 744)).toBe(true);
  spend(two);
  // both have said by now that they send
  await wire.pass(1_000);
  expect([spend(one), spend(two)]).toEqual([100, 100]);
});

it('A node keeps its last answer while the store is silent, reports for how long, and keeps asking', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  wire.fillOf = async () => 1;
  await watch.measure('main');
  expect([watch.roomOf('main')?.fill, watch.silenceOf('main')]).toEqual([1, undefined]);
  wire.fillOf = () => Promise.reject(new Error('no answer'));
  await wire.pass(3_000);
  expect([admitted(watch), watch.roomOf('main')]).toEqual(['', undefined]);
  expect(watch.silenceOf('main')).toEqual({ ms: 2_000, reason: 'no answer' });
  wire.fillOf = async () => 0;
  await wire.pass(1_000);
  expect([admitted(watch), watch.roomOf('main')?.fill, watch.silenceOf('main')]).toEqual([
    'client,agent',
    0,
    undefined,
  ]);
});

it('A node wakes waiting sends when a mailbox opens, when a store has room, and after a moment in any case', async () => {
  const wire = new Wire();
  const [owner, sender] = [wire.watch(), wire.watch()];
  let woken = 0;
  const wait = (): void => void sender.changed(60_000).then(() => woken++);
  isClosed(sender);
  await turn();
  owner.announce('main', 'agent/a', true);
  wait();
  await turn();
  expect(woken).toBe(0);
  owner.announce('main', 'agent/a', false);
  await turn();
  expect(woken).toBe(1);
  wait();
  await wire.pass(500);
  expect(woken).toBe(2);
});

it('A node keeps no announced names for longer than they count', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  isClosed(watch);
  const names = Array.from({ length: 20_000 }, (_, n) => `agent/${'x'.repeat(200)}${n}`);
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 10; round++) {
    const closed = names.map((name) => `${name}-${round}`);
    wire.say(closedSubject('sim', 'main'), JSON.stringify({ v: 1, closed, open: [] }));
    wire.said.length = 0;
    await wire.pass(3_000);
  }
  expect(isClosed(watch, `${names[0]}-9`)).toBe(false);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
});

it('A stopped node leaves no timer and no listener, wakes all waiting sends, and delays none after that', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  watch.takeRoom('main', 'client', 1);
  watch.announce('main', 'agent/a', true);
  expect(isClosed(watch)).toBe(true);
  const waiting = watch.changed(60_000);
  watch.stop();
  await waiting;
  watch.announce('main', 'agent/b', true);
  expect([isClosed(watch), watch.takeRoom('main', 'client', 1), watch.takeRoom('other', 'client', 1)]).toEqual([
    false,
    true,
    true,
  ]);
  await watch.changed(60_000);
  expect([wire.clock.pending, wire.listening]).toEqual([0, 0]);
});

it('A stopped node starts no timer for a late answer about the store', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  let answer: (fill: number) => void = () => undefined;
  wire.fillOf = () => new Promise((resolve) => (answer = resolve));
  watch.takeRoom('main', 'client', 1);
  await wire.pass(1_000);
  watch.stop();
  answer(1);
  await turn();
  expect(wire.clock.pending).toBe(0);
});
