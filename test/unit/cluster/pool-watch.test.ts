import { expect, it } from 'vitest';
import { PoolWatch } from '../../../runtime/cluster/pool-watch.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { closedSubject } from '../../../runtime/core/subjects.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

/** Core NATS between any number of watches, and a store whose fill the test sets. */
class Wire {
  readonly clock = new ManualClock();
  readonly said: string[] = [];
  fillOf: () => Promise<number> = async () => 0;
  cut = false;
  readonly #listeners = new Set<(subject: string, text: string) => void>();

  watch(): PoolWatch {
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
    return new PoolWatch('sim', { signals, fill: () => this.fillOf() }, this.clock, silentLogger);
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

const isClosed = (watch: PoolWatch, agent = 'agent/a'): boolean => watch.isClosed('main', agent);

it('hears that a mailbox is closed, and that it is open again', () => {
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

it('repeats what is closed every 500 ms, for those who did not hear it or came later', async () => {
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

it('forgets a closed mailbox that is not repeated for 2 s: a dead owner closes nothing', async () => {
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
])('takes no notice of what is no announcement: %s', (text) => {
  const wire = new Wire();
  const watch = wire.watch();
  isClosed(watch);
  wire.say(closedSubject('sim', 'main'), text);
  expect(isClosed(watch)).toBe(false);
  wire.say(closedSubject('sim', 'main'), '{"v":1,"closed":["agent/a"],"open":[]}');
  expect(isClosed(watch)).toBe(true);
});

it('takes intents until the store is at 80 %, and again below', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  const seen: boolean[] = [];
  for (const fill of [0.79, 0.8, 1, 0.79]) {
    wire.fillOf = async () => fill;
    watch.isFull('main');
    await wire.pass(1_000);
    seen.push(watch.isFull('main'));
  }
  expect(seen).toEqual([false, true, true, false]);
});

it('keeps what it knew while the store does not answer, and goes on asking', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  wire.fillOf = async () => 1;
  watch.isFull('main');
  await wire.pass(1_000);
  wire.fillOf = () => Promise.reject(new Error('no answer'));
  await wire.pass(3_000);
  expect(watch.isFull('main')).toBe(true);
  wire.fillOf = async () => 0;
  await wire.pass(1_000);
  expect(watch.isFull('main')).toBe(false);
});

it('wakes those who wait when a mailbox opens, when a store has room, and after a moment in any case', async () => {
  const wire = new Wire();
  const [owner, sender] = [wire.watch(), wire.watch()];
  let woken = 0;
  const wait = (): void => void sender.changed(60_000).then(() => woken++);
  isClosed(sender);
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

it('keeps no names that others announce for longer than they count', async () => {
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

it('leaves no timer and no listener behind when it stops, wakes who waits, and holds nobody back after that', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  watch.isFull('main');
  watch.announce('main', 'agent/a', true);
  expect(isClosed(watch)).toBe(true);
  const waiting = watch.changed(60_000);
  watch.stop();
  await waiting;
  watch.announce('main', 'agent/b', true);
  expect([isClosed(watch), watch.isFull('main'), watch.isFull('other')]).toEqual([false, false, false]);
  await watch.changed(60_000);
  expect([wire.clock.pending, wire.listening]).toEqual([0, 0]);
});

it('starts no timer for an answer about the store that comes after the stop', async () => {
  const wire = new Wire();
  const watch = wire.watch();
  let answer: (fill: number) => void = () => undefined;
  wire.fillOf = () => new Promise((resolve) => (answer = resolve));
  watch.isFull('main');
  await wire.pass(1_000);
  watch.stop();
  answer(1);
  await turn();
  expect(wire.clock.pending).toBe(0);
});
