/** What every index under a semantic memory guarantees. */
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import type { JsonObject } from '../../../runtime/core/json.ts';
import type { OpenSemanticMemory } from '../../../runtime/memory/stream-semantic-memory.ts';

export interface SemanticRig extends AsyncDisposable {
  /** A node's own memory over the rig's one stream. */
  open(): Promise<OpenSemanticMemory>;
  /** The same stream, indexed by an exact scan. */
  openExact(): Promise<OpenSemanticMemory>;
}

const texts = [
  'Rate limiting stopped the bots that caused the cost spike in the gateway.',
  'The database ran out of connections after the deployment.',
  'Reserved instances were bought for three years.',
];

export function semanticMemoryContract(name: string, make: (test: TestContext) => Promise<SemanticRig>): void {
  describe(`${name} keeps the contract of semantic memory`, () => {
    let rig: SemanticRig;
    let memory: OpenSemanticMemory;
    const open: OpenSemanticMemory[] = [];

    const another = async (how: 'open' | 'openExact' = 'open'): Promise<OpenSemanticMemory> => {
      const made = await rig[how]();
      open.push(made);
      return made;
    };

    beforeEach(async (test) => {
      rig = await make(test);
      memory = await another();
    });
    afterEach(async () => {
      for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
      await rig?.[Symbol.asyncDispose]();
    });

    const fill = async (): Promise<void> => {
      for (const [n, text] of texts.entries()) await memory.store(text, { n, group: n === 0 ? 'cost' : 'other' });
      await memory.caughtUp();
    };

    it('finds nothing in nothing', async () => {
      expect(await memory.search({ text: 'anything' })).toEqual([]);
    });

    it('finds what is most alike first, with its metadata, version and score', async () => {
      await fill();
      const [best, ...others] = await memory.search({ text: 'cost spike by bots in the gateway' });
      expect(best).toMatchObject({
        text: texts[0],
        metadata: { n: 0 },
        version: 1,
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
      expect(others).toHaveLength(2);
      expect([best, ...others].map((match) => match?.score)).toEqual(
        [...others.map(({ score }) => score), best?.score].sort((a, b) => (b ?? 0) - (a ?? 0)),
      );
    });

    it('finds a text itself with a score of 1', async () => {
      await fill();
      const [best] = await memory.search({ text: texts[1] ?? '', limit: 1 });
      expect(best?.score).toBeCloseTo(1, 4);
    });

    it.each<[string, string, object, string]>([
      ['a text with half a character', 'half \ud800', {}, '.text'],
      ['NaN', 'a text', { n: Number.NaN }, '.metadata.n'],
      ['a date', 'a text', { at: new Date(0) }, '.metadata.at'],
      ['undefined', 'a text', { a: [undefined] }, '.metadata.a[0]'],
    ])('refuses %s with its path', async (_name, text, metadata, path) => {
      const refused = memory.store(text, metadata as JsonObject);
      await expect(refused).rejects.toMatchObject({ code: 'PARLEY_MEMORY_VALUE', path });
    });

    it('gives metadata back exactly, -0 too', async () => {
      await memory.store('a text', { zero: -0, deep: [{ a: '\ud800' }] });
      await memory.caughtUp();
      const [found] = await memory.search({ text: 'a text' });
      expect(found?.metadata).toStrictEqual({ zero: -0, deep: [{ a: '\ud800' }] });
    });

    it('keeps the same text once, with the metadata of the newest', async () => {
      const first = await memory.store('the same', { n: 1 });
      const second = await memory.store('the same', { n: 2 });
      await memory.caughtUp();
      expect(second).toMatchObject({ id: first.id, version: 2 });
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ metadata: { n: 2 }, version: 2 }]);
    });

    it('finds no more what is no longer true, until it is stored again', async () => {
      const { id } = await memory.store('the same');
      await memory.invalidate(id, 'it was wrong');
      await memory.caughtUp();
      expect(await memory.search({ text: 'the same' })).toEqual([]);
      await memory.store('the same');
      await memory.caughtUp();
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ id, version: 3 }]);
    });

    it('looks only at what has the metadata that are asked for', async () => {
      for (let n = 0; n < 60; n++)
        await memory.store(`cost spike number ${n} in the gateway`, { group: n === 59 ? 'rare' : 'usual' });
      await memory.caughtUp();
      const found = await memory.search({
        text: 'cost spike number 1 in the gateway',
        limit: 3,
        where: { group: 'rare' },
      });
      expect(found.map(({ text }) => text)).toEqual(['cost spike number 59 in the gateway']);
    });

    it('gives at most as many as are wanted, and never more than 100', async () => {
      for (let n = 0; n < 120; n++) await memory.store(`document ${n}`);
      await memory.caughtUp();
      expect(await memory.search({ text: 'document' })).toHaveLength(5);
      expect(await memory.search({ text: 'document', limit: 7 })).toHaveLength(7);
      expect(await memory.search({ text: 'document', limit: 1_000 })).toHaveLength(100);
    });

    it('is built from the stream by a memory that opens later, and follows it', async () => {
      await fill();
      const other = await another();
      await other.caughtUp();
      const query = { text: 'connections of the database', limit: 3 };
      expect(await other.search(query)).toEqual(await memory.search(query));
      await memory.store('A connection pool was added to the database.');
      await other.caughtUp();
      expect((await other.search(query)).map(({ version }) => version)).toContain(4);
    });

    it('takes every call for a change: of two that store a text at the same time one comes second', async () => {
      const other = await another();
      const stored = await Promise.all([memory.store('the same', { by: 'a' }), other.store('the same', { by: 'b' })]);
      const [, newest] = [...stored].sort((a, b) => a.version - b.version);
      await memory.caughtUp();
      expect(new Set(stored.map(({ version }) => version)).size).toBe(2);
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ ...newest }]);
    });

    it('is caught up with what was in the stream when it was asked, also of other writers', async () => {
      const other = await another();
      for (let n = 0; n < 150; n++) await memory.store(`document ${n}`);
      await other.caughtUp();
      expect(await other.search({ text: 'document 149', limit: 1 })).toMatchObject([{ text: 'document 149' }]);
      expect(await other.search({ text: 'document', limit: 100 })).toHaveLength(100);
    });

    it('keeps the empty text, a long one, and one in any script', async () => {
      const odd = ['', 'x'.repeat(100_000), 'naïve 東京 🦜', '"} \u0000'];
      for (const text of odd) await memory.store(text);
      await memory.caughtUp();
      const found = await Promise.all(odd.map((text) => memory.search({ text, limit: 4 })));
      for (const [n, matches] of found.entries()) {
        expect(matches).toHaveLength(4);
        const self = matches.find(({ text }) => text === odd[n]);
        expect(self?.score).toBeCloseTo(1, 4);
      }
    });

    it('gives those of the same score in the order of their ids', async () => {
      for (let n = 0; n < 30; n++) await memory.store(`${'the '.repeat(n + 1)}gateway`);
      await memory.caughtUp();
      const found = await memory.search({ text: 'gateway', limit: 10 });
      const all = await memory.search({ text: 'gateway', limit: 30 });
      expect(new Set(all.map(({ score }) => score)).size).toBe(1);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort());
      expect(found).toEqual(all.slice(0, 10));
    });

    it('finds exactly what an exact scan finds among a few hundred', async () => {
      const words = ['cost', 'gateway', 'database', 'latency', 'deploy', 'night', 'cache', 'leak', 'customer'];
      for (let n = 0; n < 300; n++) {
        const text = Array.from({ length: 6 }, (_, place) => words[(n * (place + 3) + (n >> place)) % 9]).join(' ');
        await memory.store(`${text} ${n}`, { group: `g${n % 3}` });
      }
      const exact = await another('openExact');
      await Promise.all([memory.caughtUp(), exact.caughtUp()]);
      for (const where of [undefined, { group: 'g1' }])
        for (const text of ['cost of the gateway', 'night deploy leak', 'customer 17', '']) {
          const query = { text, limit: 20, ...(where === undefined ? {} : { where }) };
          expect(await memory.search(query)).toEqual(await exact.search(query));
        }
    });

    it('refuses a limit that is no number of documents, and an id that is none', async () => {
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        await expect(memory.search({ text: 'x', limit })).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
      }
      for (const id of ['', 'a.b', '*', '>', 'x'.repeat(32)]) {
        await expect(memory.invalidate(id, 'why')).rejects.toMatchObject({ code: 'PARLEY_INVALID_ID' });
      }
    });

    it('refuses a document that no message holds', async () => {
      const stored = memory.store('x'.repeat(1024 * 1024));
      await expect(stored).rejects.toMatchObject({ code: 'PARLEY_KNOWLEDGE_TOO_LARGE' });
    });

    it('survives half of it being forgotten', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 80; n++) ids.push((await memory.store(`incident ${n} of service ${n % 7}`)).id);
      for (const id of ids.slice(0, 40)) await memory.invalidate(id, 'old');
      await memory.caughtUp();
      const found = await memory.search({ text: 'incident 70 of service 0', limit: 100 });
      expect(found).toHaveLength(40);
      expect(found[0]?.text).toBe('incident 70 of service 0');
    });
  });
}
