/** Whose turn it is at the one session. */
import { beforeEach, expect, it } from 'vitest';
import { type Session, SessionQueue } from '../../../runtime/embedded/pglite-queue.ts';

/** `begin`, `commit`, and anything else; says back what it was asked. */
class FakeSession implements Session {
  inTransaction = false;
  rolledBack = 0;

  answer(question: Uint8Array): Uint8Array {
    const text = Buffer.from(question).toString();
    if (text === 'begin') this.inTransaction = true;
    if (text === 'commit') this.inTransaction = false;
    return question;
  }

  rollBack(): void {
    this.inTransaction = false;
    this.rolledBack++;
  }
}

let session: FakeSession;
let queue: SessionQueue<string>;

beforeEach(() => {
  session = new FakeSession();
  queue = new SessionQueue(session);
});

const ask = (client: string, ...questions: readonly string[]): void => {
  for (const question of questions) queue.ask(client, Buffer.from(question));
};

/** Everything that can be answered now. */
function answers(): readonly string[] {
  const found: string[] = [];
  for (let next = queue.next(); next !== undefined; next = queue.next())
    found.push(`${next.client} ${Buffer.from(next.answer).toString()}`);
  return found;
}

it('The queue answers the client that asked first', () => {
  ask('a', '1');
  ask('b', '2');
  ask('a', '3');
  expect(answers()).toEqual(['a 1', 'b 2', 'a 3']);
  expect(answers()).toEqual([]);
});

it('The queue lets no other question between those of a transaction', () => {
  ask('a', 'begin');
  ask('b', '1', 'begin');
  expect(answers()).toEqual(['a begin']);
  expect(queue.owner).toBe('a');
  ask('c', '2');
  ask('a', 'x', 'commit', 'y');
  expect(answers()).toEqual(['a x', 'a commit', 'b 1', 'b begin']);
  ask('b', 'commit');
  expect(answers()).toEqual(['b commit', 'c 2', 'a y']);
  expect(queue.owner).toBeUndefined();
});

it('A client that left gets no answer, and its open transaction is rolled back', () => {
  ask('a', 'begin', 'x');
  ask('b', '1');
  ask('a', 'commit');
  expect(queue.next()?.client).toBe('a');
  queue.leave('a');
  expect([session.rolledBack, session.inTransaction]).toEqual([1, false]);
  expect(answers()).toEqual(['b 1']);
});

it('A client that leaves the queue takes nothing from the current one', () => {
  ask('a', 'begin');
  ask('b', '1');
  expect(answers()).toEqual(['a begin']);
  queue.leave('b');
  expect([session.rolledBack, queue.owner]).toEqual([0, 'a']);
  ask('a', 'commit');
  expect(answers()).toEqual(['a commit']);
});
