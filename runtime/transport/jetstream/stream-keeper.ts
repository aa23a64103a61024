/**
 * Recreates streams that were deleted under a living node; logs that. Their messages are lost already, and an empty stream
 * loses nothing more. It recreates none in another account than the one in which the mesh was found: there the mesh would start
 * anew beside its own messages.
 *
 * idle ──suspect()──▶ looking ──all there──▶ idle (the next look not before a pause)
 *                        │ one is gone, twice in a row ──▶ recreated ──▶ looking
 *                        └ it cannot be recreated ──▶ logged, looking again after a pause
 */
import { Backoff, type BackoffRule } from '../../core/backoff.ts';
import { type Clock, sleep, sleepUnlessAborted, type Timer } from '../../core/clock.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { JetStreamApi } from './api.ts';
import type { ConnectionProblems } from './connection-problems.ts';
import { ensureStream, findStream } from './ensure-stream.ts';
import type { StreamPlan } from './streams.ts';

/** Elections look like a loss to publishers: they must not make every node look all the time. */
const lookRule: BackoffRule = { initialIntervalMs: 500, maxIntervalMs: 15_000 };
const routineMs = 20_000;
/** The pause between two looks that must agree. */
const secondLookMs = 1_000;

export interface KeptStream {
  readonly plan: StreamPlan;
  readonly mayShrink: boolean;
  /** Restores the entries that this node has seen. */
  readonly restore?: () => Promise<void>;
}

export class StreamKeeper {
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #problems: ConnectionProblems;
  /** The present account of the connection, as the server names it. */
  readonly #account: () => string | undefined;
  readonly #home: string | undefined;
  readonly #kept = new Map<string, KeptStream>();
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  #routine: Timer | undefined;
  #isSuspected = false;
  #isLooking = false;

  constructor(
    api: JetStreamApi,
    clock: Clock,
    random: Random,
    problems: ConnectionProblems,
    account: () => string | undefined,
  ) {
    this.#api = api;
    this.#clock = clock;
    this.#problems = problems;
    this.#account = account;
    this.#home = account();
    this.#backoff = new Backoff(random, lookRule);
  }

  keep(stream: KeptStream): void {
    this.#kept.set(stream.plan.config.name, stream);
  }

  /** Notes that a stream may be gone. Cheap: frequent calls cause only occasional look-ups. */
  suspect(): void {
    this.#isSuspected = true;
    if (this.#isLooking || this.#closing.signal.aborted) return;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
    });
  }

  isKept(subject: string): boolean {
    return subject.split('.').some((token) => this.#kept.has(token));
  }

  /** Also looks occasionally without a suspicion: a stream that is not in use at the moment may be gone. */
  start(): void {
    this.#routine = this.#clock.after(routineMs, () => {
      this.suspect();
      this.start();
    });
  }

  close(): void {
    this.#routine?.cancel();
    this.#closing.abort();
  }

  async #look(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#isSuspected && !signal.aborted) {
      this.#isSuspected = false;
      try {
        if (await this.#makeMissing()) this.#backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        this.#isSuspected = true;
        this.#problems.report('streams', `the mesh's streams cannot be looked after: ${reasonOf(error)}`);
      }
      await sleepUnlessAborted(this.#clock, this.#backoff.nextMs(), signal);
    }
  }

  /** Recreates missing streams. @returns whether there was one */
  async #makeMissing(): Promise<boolean> {
    const suspects = await this.#missing([...this.#kept.values()]);
    if (suspects.length === 0) {
      this.#problems.clear('streams');
      return false;
    }
    await sleep(this.#clock, secondLookMs, this.#closing.signal);
    const missing = await this.#missing(suspects);
    const account = this.#account();
    if (missing.length > 0 && account !== this.#home) {
      this.#isSuspected = true;
      const names = missing.map(({ plan }) => `"${plan.config.name}"`).join(', ');
      this.#problems.report(
        'streams',
        `this connection is in account "${account}" now, the mesh is in "${this.#home}": streams ${names} are not made again ` +
          'here; correct the credentials',
      );
      return false;
    }
    for (const stream of missing) await this.#makeAgain(stream);
    this.#problems.clear('streams');
    return missing.length > 0;
  }

  async #missing(streams: readonly KeptStream[]): Promise<readonly KeptStream[]> {
    const missing: KeptStream[] = [];
    for (const stream of streams) {
      if ((await findStream(this.#api, stream.plan.config.name)) === undefined) missing.push(stream);
    }
    return missing;
  }

  async #makeAgain({ plan, mayShrink, restore }: KeptStream): Promise<void> {
    const wasMade = await ensureStream(this.#api, plan, mayShrink);
    if (wasMade) {
      this.#problems.say(`stream "${plan.config.name}" was gone and has been made again, empty: what it held is lost`);
    }
    await restore?.();
  }
}
