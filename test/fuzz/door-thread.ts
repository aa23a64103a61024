/** The thread of a door without a node: it may hang or end, and its parent knows by which input. */
import { mkdir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Door, ThreadDoorName } from './door.ts';
import { configDoor } from './doors/config.ts';
import { metricsDoor } from './doors/metrics.ts';
import { policyDoor } from './doors/policy.ts';
import { subjectDoor } from './doors/subjects.ts';
import { traceDoor } from './doors/traces.ts';
import { type DoorPlan, runDoor } from './run-door.ts';
import { WatchedInput } from './watched-input.ts';

export interface ThreadJob {
  readonly door: ThreadDoorName;
  readonly folder: string;
  /** Its time is what is left of `leftMs`. */
  readonly plan: Omit<DoorPlan, 'watch' | 'checkAlive' | 'renew' | 'until'>;
  readonly leftMs: number;
  readonly watched: SharedArrayBuffer;
}

async function open(name: ThreadDoorName, folder: string): Promise<Door> {
  await mkdir(folder, { recursive: true });
  switch (name) {
    case 'subjects':
      return subjectDoor();
    case 'traces':
      return traceDoor();
    case 'config':
      return configDoor(folder);
    case 'policy':
      return policyDoor(folder);
    case 'metrics':
      return metricsDoor(folder);
    default:
      return name satisfies never;
  }
}

const { door, folder, plan, leftMs, watched } = workerData as ThreadJob;
const watch = new WatchedInput(watched);
const until = performance.now() + leftMs;
const given = plan.given.map((input) => Buffer.from(input));
const figures = await runDoor(await open(door, folder), {
  ...plan,
  given,
  until,
  watch: (input) => watch.set(input),
});
parentPort?.postMessage(figures);
