/** The serving side of `thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { NativeGate } from './native-gate.ts';
import { type Numbered, serialize } from './serialize.ts';
import type { ThreadData } from './thread.ts';

/** Serves requests. @param open called once; if it fails, every request fails */
export function serveThread<Job, Request>(
  open: (job: Job, gate: NativeGate) => Promise<(request: Request) => unknown>,
): void {
  const { job, gate: shared } = workerData as ThreadData<Job>;
  const opened = open(job, new NativeGate(shared));
  opened.catch(() => undefined);
  const answer = serialize<Request>(
    async (request) => (await opened)(request),
    (said) => parentPort?.postMessage(said),
  );
  parentPort?.on('message', (message: Numbered<Request> | 'end') => {
    // the closed port no longer keeps the thread alive
    if (message === 'end') parentPort?.close();
    else answer(message);
  });
}
