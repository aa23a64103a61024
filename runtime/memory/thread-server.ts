/** The other side of `thread.ts`. */
import { parentPort } from 'node:worker_threads';
import { reasonOf } from '../core/errors.ts';

/** Answers requests one after the other. */
export function serveThread<Request>(answer: (request: Request) => unknown): void {
  let before: Promise<unknown> = Promise.resolve();
  parentPort?.on('message', ({ id, request }: { readonly id: number; readonly request: Request }) => {
    before = before.then(async () => {
      try {
        parentPort?.postMessage({ id, value: await answer(request) });
      } catch (error) {
        parentPort?.postMessage({ id, error: reasonOf(error) });
      }
    });
  });
}
