/** The contract of announcements and questions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { Workbench } from './workbench.ts';

export function signalContract(make: MakeRig): void {
  describe('signals', () => {
    let bench: Workbench;
    let other: Transport;
    let subject: string;
    beforeEach(async () => {
      bench = await Workbench.open(make);
      other = await bench.rig.connect();
      subject = `${bench.rig.mesh}.signal`;
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('Signals reach every listener, in the order sent, also on the same connection', async () => {
      const heard: string[][] = [[], []];
      bench.transport.signals.listen(subject, (text) => heard[0]?.push(text));
      other.signals.listen(subject, (text) => heard[1]?.push(text));
      await bench.rig.settle();
      for (const text of ['one', 'two', 'drei ☃']) bench.transport.signals.notify(subject, text);
      await bench.rig.until('six signals', () => heard.flat().length >= 6);
      await bench.rig.settle();
      expect(heard).toEqual([
        ['one', 'two', 'drei ☃'],
        ['one', 'two', 'drei ☃'],
      ]);
    });

    it('Signals do not reach listeners of another subject', async () => {
      const heard: string[] = [];
      bench.transport.signals.listen(subject, (text) => heard.push(text));
      await bench.rig.settle();
      other.signals.notify(`${subject}.below`, 'not for us');
      other.signals.notify(subject, 'for us');
      await bench.rig.until('a signal', () => heard.length > 0);
      await bench.rig.settle();
      expect(heard).toEqual(['for us']);
    });

    it('Signals do not reach a listener that has stopped', async () => {
      const heard: string[] = [];
      const kept: string[] = [];
      const stop = other.signals.listen(subject, (text) => heard.push(text));
      other.signals.listen(subject, (text) => kept.push(text));
      await bench.rig.settle();
      bench.transport.signals.notify(subject, 'one');
      await bench.rig.until('the first signal', () => heard.length > 0);
      stop();
      stop();
      await bench.rig.settle();
      bench.transport.signals.notify(subject, 'two');
      await bench.rig.until('the second signal', () => kept.length > 1);
      await bench.rig.settle();
      expect(heard).toEqual(['one']);
    });

    it('Signals have no effect without a listener', async () => {
      bench.transport.signals.notify(subject, 'anyone?');
      await bench.rig.settle();
    });

    it('Signals carry the answer to a question', async () => {
      other.signals.listen(subject, (text, answer) => answer(`${text}, yes`));
      await bench.rig.settle();
      expect(await bench.transport.signals.ask(subject, 'alive', 5_000)).toBe('alive, yes');
    });

    it('A question has one answer when several nodes would answer', async () => {
      for (const by of [bench.transport, other]) by.signals.listen(subject, (_text, answer) => answer('me'));
      await bench.rig.settle();
      expect(await bench.transport.signals.ask(subject, 'who', 5_000)).toBe('me');
    });

    it('A question without a listener stays unanswered', async () => {
      expect(await bench.transport.signals.ask(subject, 'anyone?', 200)).toBeUndefined();
    });

    it('A question stays unanswered when the answer does not come in time', async () => {
      const asked: string[] = [];
      other.signals.listen(subject, (text) => asked.push(text));
      await bench.rig.settle();
      expect(await bench.transport.signals.ask(subject, 'well?', 200)).toBeUndefined();
      expect(asked).toEqual(['well?']);
    });

    it('Questions are served by pattern, each by one member of a queue', async () => {
      const served: string[] = [];
      const pattern = `${bench.rig.mesh}.in.*.*`;
      for (const [name, by] of [
        ['a', bench.transport],
        ['b', other],
      ] as const) {
        by.signals.serve(pattern, 'q', async (at, payload) => {
          served.push(`${at} ${Buffer.from(payload).toString()}`);
          return name;
        });
      }
      await bench.rig.settle();
      const answers = await Promise.all(
        [1, 2, 3].map((n) => bench.transport.signals.ask(`${bench.rig.mesh}.in.x.${n}`, `text ${n}`, 5_000)),
      );
      expect(answers.every((answer) => answer === 'a' || answer === 'b')).toBe(true);
      expect(served.toSorted()).toEqual([1, 2, 3].map((n) => `${bench.rig.mesh}.in.x.${n} text ${n}`));
      expect(await bench.transport.signals.ask(`${bench.rig.mesh}.in.x`, 'too short', 200)).toBeUndefined();
    });

    it('A stopped service answers no more questions', async () => {
      const stop = other.signals.serve(`${bench.rig.mesh}.in.*`, 'q', async () => 'here');
      await bench.rig.settle();
      expect(await bench.transport.signals.ask(`${bench.rig.mesh}.in.x`, 'hello', 5_000)).toBe('here');
      stop();
      await bench.rig.settle();
      expect(await bench.transport.signals.ask(`${bench.rig.mesh}.in.x`, 'hello', 200)).toBeUndefined();
    });
  });
}
