/** The serving side of `pending-answers.ts`: answers requests in the order of their arrival. */
import { reasonOf } from '../core/errors.ts';
import type { Answer } from './pending-answers.ts';

export interface Numbered<Request> {
  readonly id: number;
  readonly request: Request;
}

export function serialize<Request>(
  work: (request: Request) => unknown,
  say: (answer: Answer) => void,
): (numbered: Numbered<Request>) => void {
  let before: Promise<void> = Promise.resolve();
  return ({ id, request }) => {
    before = before.then(async () => {
      try {
        say({ id, value: await work(request) });
      } catch (error) {
        say({ id, error: reasonOf(error) });
      }
    });
  };
}
