/** The contract of semantic memory over any index. */
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

    it('An empty semantic memory finds nothing', async () => {
      expect(await memory.search({ text: 'anything' })).toEqual([]);
    });

    it('Semantic memory returns the most similar document first, with metadata, version and score', async () => {
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

    it('Semantic memory finds an identical text with a score of 1', async () => {
      await fill();
      const [best] = await memory.search({ text: texts[1] ?? '', limit: 1 });
      expect(best?.score).toBeCloseTo(1, 4);
    });

    it.each<[string, string, object, string]>([
      ['a text with half a character', 'half \ud800', {}, '.text'],
      ['NaN', 'a text', { n: Number.NaN }, '.metadata.n'],
      ['a date', 'a text', { at: new Date(0) }, '.metadata.at'],
      ['undefined', 'a text', { a: [undefined] }, '.metadata.a[0]'],
    ])('Semantic memory refuses %s with its path', async (_name, text, metadata, path) => {
      const refused = memory.store(text, metadata as JsonObject);
      await expect(refused).rejects.toMatchObject({ code: 'PARLEY_MEMORY_VALUE', path });
    });

    it('Semantic memory returns metadata exactly, including -0', async () => {
      await memory.store('a text', { zero: -0, deep: [{ a: '\ud800' }] });
      await memory.caughtUp();
      const [found] = await memory.search({ text: 'a text' });
      expect(found?.metadata).toStrictEqual({ zero: -0, deep: [{ a: '\ud800' }] });
    });

    it('Semantic memory stores an identical text once, with the newest metadata', async () => {
      const first = await memory.store('the same', { n: 1 });
      const second = await memory.store('the same', { n: 2 });
      await memory.caughtUp();
      expect(second).toMatchObject({ id: first.id, version: 2 });
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ metadata: { n: 2 }, version: 2 }]);
    });

    it('Semantic memory does not find a removed document until it is stored again', async () => {
      const { id } = await memory.store('the same');
      await memory.invalidate(id, 'it was wrong');
      await memory.caughtUp();
      expect(await memory.search({ text: 'the same' })).toEqual([]);
      await memory.store('the same');
      await memory.caughtUp();
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ id, version: 3 }]);
    });

    it('Semantic memory searches only documents with the given metadata', async () => {
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

    it('Semantic memory returns at most the requested number of documents, and never more than 100', async () => {
      for (let n = 0; n < 120; n++) await memory.store(`document ${n}`);
      await memory.caughtUp();
      expect(await memory.search({ text: 'document' })).toHaveLength(5);
      expect(await memory.search({ text: 'document', limit: 7 })).toHaveLength(7);
      expect(await memory.search({ text: 'document', limit: 1_000 })).toHaveLength(100);
    });

    it('A semantic memory that opens later is built from the stream, and follows it', async () => {
      await fill();
      const other = await another();
      await other.caughtUp();
      const query = { text: 'connections of the database', limit: 3 };
      expect(await other.search(query)).toEqual(await memory.search(query));
      await memory.store('A connection pool was added to the database.');
      await other.caughtUp();
      expect((await other.search(query)).map(({ version }) => version)).toContain(4);
    });

    it('Two concurrent stores of one text are two changes in order', async () => {
      const other = await another();
      const stored = await Promise.all([memory.store('the same', { by: 'a' }), other.store('the same', { by: 'b' })]);
      const [, newest] = [...stored].sort((a, b) => a.version - b.version);
      await memory.caughtUp();
      expect(new Set(stored.map(({ version }) => version)).size).toBe(2);
      expect(await memory.search({ text: 'the same' })).toMatchObject([{ ...newest }]);
    });

    it('Semantic memory catches up with the stream as it was at the call, including the changes of other writers', async () => {
      const other = await another();
      for (let n = 0; n < 150; n++) await memory.store(`document ${n}`);
      await other.caughtUp();
      expect(await other.search({ text: 'document 149', limit: 1 })).toMatchObject([{ text: 'document 149' }]);
      expect(await other.search({ text: 'document', limit: 100 })).toHaveLength(100);
    });

    it('Semantic memory stores an empty text, a long one, and one in any script', async () => {
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

    it('Semantic memory orders documents of equal score by id', async () => {
      for (let n = 0; n < 30; n++) await memory.store(`${'the '.repeat(n + 1)}gateway`);
      await memory.caughtUp();
      const found = await memory.search({ text: 'gateway', limit: 10 });
      const all = await memory.search({ text: 'gateway', limit: 30 });
      expect(new Set(all.map(({ score }) => score)).size).toBe(1);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort());
      expect(found).toEqual(all.slice(0, 10));
    });

    it('Semantic memory finds what an exact scan finds among a few hundred documents', async () => {
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

    it('Semantic memory refuses an invalid limit and an invalid id', async () => {
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        await expect(memory.search({ text: 'x', limit })).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
      }
      for (const id of ['', 'a.b', '*', '>', 'x'.repeat(32)]) {
        await expect(memory.invalidate(id, 'why')).rejects.toMatchObject({ code: 'PARLEY_INVALID_ID' });
      }
    });

    it('Semantic memory refuses a document that does not fit into a message', async () => {
      const stored = memory.store('x'.repeat(1024 * 1024));
      await expect(stored).rejects.toMatchObject({ code: 'PARLEY_KNOWLEDGE_TOO_LARGE' });
    });

    it('Semantic memory still finds the rest after half of it is removed', async () => {
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
