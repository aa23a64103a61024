/**
 * Keeps a server running: restarts it after each unexpected end, with a pause; gives it up after too many failed starts in a row.
 * Logs what its hooks throw: they call functions of the user, which must not end the loop.
 */
import { type Clock, sleep } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { faultOf } from '../core/stack.ts';
import { pauseBeforeStart } from './restart-plan.ts';

export interface RestartedServer<Running> {
  /** For the log. */
  readonly name: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Aborted: the server is being stopped. */
  readonly stopping: AbortSignal;
  launch(): Promise<Running>;
  /** Resolves when it ended: how, for people. */
  end(running: Running): Promise<string>;
  /** It ended unasked. */
  ended(running: Running, how: string): void;
  /** It runs again. */
  restarted(running: Running): void;
  launchFailed(error: unknown): void;
  /** Every start in the row failed, the last one with this error. */
  givenUp(last: unknown): void | Promise<void>;
}

/** Resolves when the server is stopped or given up. */
export async function keepRunning<Running>(server: RestartedServer<Running>, first: Running): Promise<void> {
  for (let running: Running | undefined = first; running !== undefined; ) {
    const how = await server.end(running);
    if (server.stopping.aborted) return;
    const ended = running;
    await hook(server, () => server.ended(ended, how));
    running = await launchAgain(server);
  }
}

/** @returns `undefined` when the server is stopped or given up */
async function launchAgain<Running>(server: RestartedServer<Running>): Promise<Running | undefined> {
  let last: unknown;
  for (let failures = 0; ; failures++) {
    const pause = pauseBeforeStart(failures);
    if (pause === undefined) break;
    try {
      await sleep(server.clock, pause, server.stopping);
      const running = await server.launch();
      await hook(server, () => server.restarted(running));
      return running;
    } catch (error) {
      if (server.stopping.aborted) return undefined;
      last = error;
      server.launchFailed(error);
    }
  }
  await hook(server, () => server.givenUp(last));
  return undefined;
}

async function hook<Running>({ name, log }: RestartedServer<Running>, call: () => void | Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    log.error(faultOf(error), `a callback of the embedded ${name} threw`);
  }
}
