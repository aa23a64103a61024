import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { AckBatcher } from '../../../runtime/mailbox/ack-batcher.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

/** A feed that remembers what it was told, and whose word the test gives. */
class Bench {
  readonly clock = new ManualClock();
  /** `5`, or `5!` when the server's word was asked for. */
  readonly said: string[] = [];
  readonly batcher: AckBatcher;
  idle = 0;
  readonly confirmed: number[] = [];
  #words: { readonly yes: () => void; readonly no: () => void }[] = [];

  constructor() {
    const feed = {
      ack: (seq: number) => void this.said.push(`${seq}`),
      ackConfirmed: (seq: number) => {
        this.said.push(`${seq}!`);
        return new Promise<void>((yes, no) => this.#words.push({ yes, no: () => no(new Error('no word')) }));
      },
    };
    const longest = { next: () => 1, bits32: () => 0 };
    this.batcher = new AckBatcher(feed, this.clock, longest, {
      confirmed: (seqs) => void this.confirmed.push(...seqs),
      idle: () => void this.idle++,
    });
  }

  add(from: number, to: number): void {
    for (let seq = from; seq <= to; seq++) this.batcher.add(seq);
  }

  get asking(): number {
    return this.#words.length;
  }

  async answer(word: 'yes' | 'no'): Promise<void> {
    for (const open of this.#words.splice(0)) open[word]();
    await turn();
  }
}

it('The batcher confirms every 128th acknowledgement, which covers those before it', async () => {
  const bench = new Bench();
  bench.add(1, 128);
  expect([bench.said.length, bench.said.at(-2), bench.said.at(-1)]).toEqual([128, '127', '128!']);
  await bench.answer('yes');
  expect([bench.batcher.unconfirmed, bench.idle, bench.clock.pending]).toEqual([0, 1, 0]);
});

it('The batcher confirms after 50 ms when fewer wait', async () => {
  const bench = new Bench();
  bench.add(1, 3);
  bench.clock.advance(49);
  expect(bench.said).toEqual(['1', '2', '3']);
  bench.clock.advance(1);
  expect(bench.said).toEqual(['1', '2', '3', '3!']);
  await bench.answer('yes');
  expect([bench.batcher.unconfirmed, bench.clock.pending]).toEqual([0, 0]);
});

it('The batcher confirms one batch at a time, and later acknowledgements right after it', async () => {
  const bench = new Bench();
  bench.add(1, 128);
  bench.add(129, 300);
  expect([bench.asking, bench.clock.pending]).toEqual([1, 0]);
  await bench.answer('yes');
  expect([bench.said.at(-1), bench.batcher.unconfirmed]).toEqual(['300!', 172]);
  expect([bench.confirmed.length, bench.confirmed.at(-1)]).toEqual([128, 128]);
  bench.add(301, 302);
  await bench.answer('yes');
  expect([bench.asking, bench.batcher.unconfirmed]).toEqual([0, 2]);
  bench.clock.advance(50);
  expect(bench.said.at(-1)).toBe('302!');
});

it('The batcher repeats everything when no confirmation came, and forgets nothing before it is confirmed', async () => {
  const bench = new Bench();
  bench.add(1, 2);
  bench.clock.advance(50);
  bench.add(3, 3);
  bench.said.length = 0;
  await bench.answer('no');
  expect([bench.batcher.unconfirmed, bench.idle]).toEqual([3, 0]);
  bench.clock.advance(499);
  expect(bench.said).toEqual([]);
  bench.clock.advance(1);
  expect(bench.said).toEqual(['1', '2', '3', '3!']);
  await bench.answer('yes');
  expect([bench.batcher.unconfirmed, bench.idle]).toEqual([0, 1]);
});

it('The batcher takes no confirmation for lost acknowledgements: later ones do not hasten it', async () => {
  const bench = new Bench();
  bench.add(1, 128);
  await bench.answer('no');
  bench.said.length = 0;
  bench.add(129, 300);
  expect(bench.said.some((text) => text.endsWith('!'))).toBe(false);
  bench.clock.advance(500);
  expect([bench.said.filter((text) => text === '1').length, bench.said.at(-1)]).toEqual([1, '300!']);
});

it('The batcher ends with its feed: unconfirmed messages come again on the next', async () => {
  const bench = new Bench();
  bench.add(1, 130);
  bench.batcher.end();
  bench.add(131, 140);
  await bench.answer('yes');
  expect([bench.batcher.unconfirmed, bench.idle, bench.clock.pending, bench.said.length]).toEqual([0, 1, 0, 130]);
});

it('The batcher leaves no timer behind when it ends between a failure and the repetition', async () => {
  const bench = new Bench();
  bench.add(1, 1);
  bench.clock.advance(50);
  await bench.answer('no');
  bench.batcher.end();
  expect(bench.clock.pending).toBe(0);
});

it('The batcher confirms at once while a caller waits, also earlier acknowledgements', async () => {
  const bench = new Bench();
  bench.add(1, 3);
  bench.batcher.setEager(true);
  expect(bench.said).toEqual(['1', '2', '3', '3!']);
  await bench.answer('yes');
  bench.add(4, 5);
  bench.clock.advance(0);
  expect(bench.said.slice(4)).toEqual(['4', '5', '5!']);
  await bench.answer('yes');
  bench.batcher.setEager(false);
  bench.add(6, 6);
  bench.clock.advance(49);
  expect(bench.said.slice(7)).toEqual(['6']);
});

it('The batcher reports how long the oldest acknowledgement has waited for its confirmation', async () => {
  const bench = new Bench();
  expect(bench.batcher.oldestMs).toBe(0);
  bench.add(1, 1);
  bench.clock.advance(50);
  bench.clock.advance(2_000);
  bench.add(2, 2);
  expect(bench.batcher.oldestMs).toBe(2_050);
  await bench.answer('yes');
  expect(bench.batcher.oldestMs).toBe(2_000);
  bench.clock.advance(50);
  await bench.answer('yes');
  expect(bench.batcher.oldestMs).toBe(0);
});

it('The batcher pauses longer and longer while no confirmation comes, and confirms at once again after one', async () => {
  const bench = new Bench();
  bench.add(1, 1);
  bench.clock.advance(50);
  const pauses: number[] = [];
  for (let n = 0; n < 7; n++) {
    await bench.answer('no');
    pauses.push(bench.clock.nextIn() ?? 0);
    bench.clock.step();
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  await bench.answer('yes');
  bench.add(2, 2);
  bench.clock.advance(50);
  await bench.answer('no');
  expect(bench.clock.nextIn()).toBe(500);
});
