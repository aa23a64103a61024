/** What every index under a semantic memory guarantees. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenSemanticMemory } from '../../../runtime/memory/stream-semantic-memory.ts';

export interface SemanticRig extends AsyncDisposable {
  /** A node's own memory over the rig's one stream. */
  open(): Promise<OpenSemanticMemory>;
}

const texts = [
  'Rate limiting stopped the bots that caused the cost spike in the gateway.',
  'The database ran out of connections after the deployment.',
  'Reserved instances were bought for three years.',
];

export function semanticMemoryContract(name: string, make: () => Promise<SemanticRig>): void {
  describe(`${name} keeps the contract of semantic memory`, () => {
    let rig: SemanticRig;
    let memory: OpenSemanticMemory;
    const open: OpenSemanticMemory[] = [];

    const another = async (): Promise<OpenSemanticMemory> => {
      const made = await rig.open();
      open.push(made);
      return made;
    };

    beforeEach(async () => {
      rig = await make();
      memory = await another();
    });
    afterEach(async () => {
      for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
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

    it('is built from the stream by whoever comes later, and follows it', async () => {
      await fill();
      const other = await another();
      await other.caughtUp();
      const query = { text: 'connections of the database', limit: 3 };
      expect(await other.search(query)).toEqual(await memory.search(query));
      await memory.store('A connection pool was added to the database.');
      await other.caughtUp();
      expect((await other.search(query)).map(({ version }) => version)).toContain(4);
    });

    it('survives a quarter of it being forgotten', async () => {
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
