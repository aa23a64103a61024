import { describe, expect, it } from 'vitest';
import { elementsOf, leakOf } from '../../../bench/soak/kept.ts';
import { Ledger } from '../../../bench/soak/ledger.ts';
import { draftOf, isSentByHttp, receiverOf, typeOf, workTypes } from '../../../bench/soak/mix.ts';

const many = Array.from({ length: 50_000 }, (_, n) => n);

describe('the load of a soak', () => {
  it('The load of a soak has intents of every type, by the node and by HTTP', () => {
    for (const byHttp of [true, false]) {
      const sent = new Set(many.filter((n) => isSentByHttp(n) === byHttp).map(typeOf));
      expect([...sent].sort()).toEqual([...workTypes].sort());
    }
    expect(many.filter(isSentByHttp)).toHaveLength(5_000);
  });

  it('The load of a soak has few intents that fail', () => {
    const share = (type: string): number => many.filter((n) => typeOf(n) === type).length / many.length;
    expect(share('note')).toBeGreaterThan(0.6);
    expect(share('stumble')).toBeLessThan(0.01);
    expect(share('perish')).toBeLessThan(0.003);
  });

  it('The load of a soak comes to regular agents all the time, and to every other agent for a moment', () => {
    const turns = new Map<string, number[]>();
    for (const n of many) turns.set(receiverOf(n), [...(turns.get(receiverOf(n)) ?? []), n]);
    const regulars = [...turns.keys()].filter((agent) => agent.startsWith('worker/r'));
    expect(regulars).toHaveLength(16);
    expect(turns.size).toBeGreaterThan(8_000);
    for (const [agent, sent] of turns) {
      if (regulars.includes(agent)) expect(sent.length).toBeGreaterThan(500);
      else expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(60);
    }
  });

  it('The load of a soak fails no agent that stays', () => {
    const failing = many.filter((n) => typeOf(n) === 'stumble' || typeOf(n) === 'perish');
    expect(failing.length).toBeGreaterThan(100);
    for (const n of failing) expect(receiverOf(n)).toMatch(/^worker\/p/);
  });

  it('Each intent of a soak names its number', () => {
    expect(draftOf(7)).toMatchObject({ intent_type: typeOf(7), context: { n: 7 } });
  });
});

describe('the ledger', () => {
  it('The ledger holds accepted, unfinished intents, whichever is learnt first', () => {
    const ledger = new Ledger();
    ledger.finish('early');
    for (const id of ['early', 'late', 'lost']) ledger.accept(id);
    ledger.finish('late');
    expect([ledger.accepted, ledger.open]).toEqual([3, 1]);
  });

  it('The ledger counts an intent that is archived and dead once', () => {
    const ledger = new Ledger();
    ledger.accept('dead');
    ledger.finish('dead');
    ledger.finish('dead');
    expect(ledger.open).toBe(0);
  });
});

describe('a planted leak', () => {
  it.each([
    [1, 1],
    [56, 1],
    [100, 7],
    [1_000, 119],
  ])('A planted leak of %d bytes an intent is an array of %d elements', (bytes, elements) => {
    expect(elementsOf(bytes)).toBe(elements);
  });

  it('A planted leak of 0 bytes is none', () => {
    expect(leakOf(0)()).toBeUndefined();
  });
});
