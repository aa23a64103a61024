/** Tries a door with inputs of a seed until the counts are reached, the time is over, or one of them fails. */
import { reasonOf } from '../../runtime/core/errors.ts';
import { type Door, noAnswer } from './door.ts';
import { type FuzzInput, mutationsOf, randomBytesOf } from './inputs.ts';
import { shrink } from './shrink.ts';

export interface DoorPlan {
  readonly seed: number;
  readonly mutations: number;
  readonly randomBytes: number;
  /** Milliseconds of `performance.now()`. */
  readonly until: number;
  /** These instead of inputs of the seed. */
  readonly given: readonly Buffer[];
  /** Told before each attempt, and with `undefined` after it. */
  /** Called between inputs, now and then: rejects when what is behind the door does not work any more. */
  readonly checkAlive?: () => Promise<void>;
  /** Replaces what is behind the door, after it gave no answer: nothing else could be learned from it. */
  readonly renew?: () => Promise<void>;
  readonly watch?: (input: Buffer | undefined) => void;
}

export interface DoorFailure {
  readonly reason: string;
  /** The smallest that was found; several when they fail together only. */
  readonly inputs: readonly Buffer[];
}

export interface DoorFigures {
  readonly cases: number;
  readonly mutations: number;
  readonly bytes: number;
  readonly failure: DoorFailure | undefined;
}

const perRound = 128;
const shrinkTries = 400;
const shrinkMs = 60_000;
/** So much of two reasons is the same when they are. */
const alikeChars = 24;

export async function runDoor(door: Door, plan: DoorPlan): Promise<DoorFigures> {
  const counts = { cases: 0, mutations: 0, bytes: 0 };
  const over = (): boolean => performance.now() >= plan.until;
  const ended = (failure?: DoorFailure): DoorFigures => ({ ...counts, failure });
  if (plan.given.length > 0) {
    counts.cases = plan.given.length;
    const failure = await tryAll(door, plan, plan.given);
    const why = await faultOf(async () => plan.checkAlive?.());
    return ended(failure ?? (why === undefined ? undefined : { reason: `after these: ${why}`, inputs: plan.given }));
  }
  const rounds = Math.ceil(plan.mutations / perRound);
  for (let round = 0; round < rounds; round++) {
    const seed = plan.seed + round * 1_000;
    const wanted = Math.ceil((plan.randomBytes * (round + 1)) / rounds) - counts.bytes;
    const inputs: readonly FuzzInput[] = [
      ...mutationsOf(door, seed, Math.min(perRound, plan.mutations - counts.mutations)),
      ...randomBytesOf(door, seed, wanted),
    ];
    for (let at = 0; at < inputs.length; at += door.parallel) {
      if (over()) return ended();
      const batch = inputs.slice(at, at + door.parallel);
      const failure = await tryAll(
        door,
        plan,
        batch.map(({ bytes }) => bytes),
      );
      counts.cases += batch.length;
      counts.mutations += batch.filter(({ kind }) => kind === 'mutation').length;
      counts.bytes += batch.reduce((sum, { randomBytes }) => sum + randomBytes, 0);
      if (failure !== undefined) return ended(failure);
    }
    const why = await faultOf(async () => plan.checkAlive?.());
    if (why !== undefined) return ended({ reason: `after these: ${why}`, inputs: inputs.map(({ bytes }) => bytes) });
  }
  return ended();
}

async function tryAll(door: Door, plan: DoorPlan, inputs: readonly Buffer[]): Promise<DoorFailure | undefined> {
  const faults = await Promise.all(inputs.map((input) => faultAt(door, plan, input)));
  const reason = faults.find((fault) => fault !== undefined);
  if (reason === undefined) return undefined;
  // one that ends the process fails all that were tried with it
  for (const [n, input] of inputs.entries()) {
    if (faults[n] === undefined) continue;
    await renewed(plan, faults[n]);
    const alone = await faultAt(door, plan, input);
    if (alone === undefined) continue;
    const until = performance.now() + shrinkMs;
    let last: string | undefined = alone;
    const fails = async (less: Buffer): Promise<boolean> => {
      await renewed(plan, last);
      last = await faultAt(door, plan, less);
      return isAlike(alone, last);
    };
    const smallest = await shrink(input, fails, { tries: shrinkTries, isOver: () => performance.now() > until });
    return { reason: alone, inputs: [smallest] };
  }
  return { reason: `together, and not again alone: ${reason}`, inputs };
}

async function renewed({ renew }: DoorPlan, fault: string | undefined): Promise<void> {
  if (fault?.startsWith(noAnswer) === true) await renew?.();
}

/** A smaller input that fails in another way is another failure. */
const isAlike = (one: string, other: string | undefined): boolean =>
  one.slice(0, alikeChars) === other?.slice(0, alikeChars);

async function faultAt(door: Door, { watch }: DoorPlan, input: Buffer): Promise<string | undefined> {
  watch?.(input);
  const fault = await faultOf(async () => door.attempt(input));
  watch?.(undefined);
  return fault;
}

async function faultOf(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
