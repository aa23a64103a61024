/** A server that ends is started again; functions of the user that throw do not end that. */
import { expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../../runtime/core/clock.ts';
import { keepRunning, type RestartedServer } from '../../../runtime/embedded/restart-loop.ts';
import { LogRecorder } from '../../support/log-recorder.ts';

const withoutPauses: Clock = { ...systemClock, after: (_ms, run) => systemClock.after(0, run) };
const fault = (): never => {
  throw new Error('the caller has a fault');
};
const threw = 'a callback of the embedded server threw';

function serverWith(more: Partial<RestartedServer<number>>, log: LogRecorder): RestartedServer<number> {
  return {
    name: 'server',
    log,
    clock: withoutPauses,
    stopping: new AbortController().signal,
    launch: () => Promise.reject(new Error('out of order')),
    end: async () => 'killed',
    ended: () => undefined,
    restarted: () => undefined,
    launchFailed: () => undefined,
    givenUp: () => undefined,
    ...more,
  };
}

it('A server is given up after ten failed starts in a row, also when the callback for that throws', async () => {
  const log = new LogRecorder();
  const launchFailed = vi.fn();
  const givenUp = vi.fn(fault);
  await keepRunning(serverWith({ launchFailed, givenUp }, log), 1);
  expect(launchFailed).toHaveBeenCalledTimes(10);
  expect(givenUp.mock.calls).toEqual([[expect.objectContaining({ message: 'out of order' })]]);
  expect(log.texts).toEqual([threw]);
});

it('A server runs again, although the callbacks for its end and its restart throw', async () => {
  const log = new LogRecorder();
  const stopping = new AbortController();
  const launch = vi.fn(async () => 2);
  const launchFailed = vi.fn();
  const end = async (running: number): Promise<string> => {
    if (running === 2) stopping.abort();
    return 'killed';
  };
  const server = { launch, launchFailed, end, ended: fault, restarted: fault, stopping: stopping.signal };
  await keepRunning(serverWith(server, log), 1);
  expect(launch).toHaveBeenCalledTimes(1);
  expect(launchFailed).not.toHaveBeenCalled();
  expect(log.texts).toEqual([threw, threw]);
});
