/** Runs a door in a thread, which it ends when one input takes for ever. */
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { reasonOf } from '../../runtime/core/errors.ts';
import { startOwnThread } from '../../runtime/core/own-thread.ts';
import { hangMs, type ThreadDoorName } from './door.ts';
import type { ThreadJob } from './door-thread.ts';
import type { DoorFigures, DoorPlan } from './run-door.ts';
import { WatchedInput } from './watched-input.ts';

const lookMs = 1_000;

export async function runInThread(door: ThreadDoorName, folder: string, plan: DoorPlan): Promise<DoorFigures> {
  const watched = new WatchedInput();
  const { seed, mutations, randomBytes, given, until } = plan;
  const job: ThreadJob = {
    door,
    folder: join(folder, door),
    plan: { seed, mutations, randomBytes, given },
    leftMs: until - performance.now(),
    watched: watched.memory,
  };
  const thread = startOwnThread('./door-thread', import.meta.url, job);
  try {
    return await ended(thread, watched);
  } finally {
    await thread.terminate();
  }
}

function ended(thread: Worker, watched: WatchedInput): Promise<DoorFigures> {
  return new Promise((resolve) => {
    let turn = watched.turn;
    let since = performance.now();
    const look = setInterval(() => {
      if (watched.turn !== turn || watched.input === undefined) {
        turn = watched.turn;
        since = performance.now();
      }
      if (performance.now() - since > hangMs) settle(failed(`it took longer than ${hangMs / 1_000} s`));
    }, lookMs);
    const settle = (figures: DoorFigures): void => {
      clearInterval(look);
      resolve(figures);
    };
    const failed = (reason: string): DoorFigures => {
      const { input } = watched;
      return { cases: 0, mutations: 0, bytes: 0, failure: { reason, inputs: input === undefined ? [] : [input] } };
    };
    thread.once('message', (figures: DoorFigures) => settle(figures));
    thread.once('error', (error) => settle(failed(`its thread failed: ${reasonOf(error)}`)));
    thread.once('exit', (code) => settle(failed(`its thread ended with ${code}`)));
  });
}
