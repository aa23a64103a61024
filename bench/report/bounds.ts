/** The promises as numbers with their reasons. A bench that misses one of them ends with an error. */

export interface Bound {
  readonly name: string;
  readonly sense: 'at least' | 'at most';
  readonly limit: number;
  readonly unit: 'x' | 'µs' | 'ms' | 'MiB' | 'intents' | 'MiB/min' | 'a minute' | 'bytes' | '%' | '';
  readonly why: string;
}

export interface Verdict {
  readonly bound: Bound;
  readonly value: number;
  readonly holds: boolean;
}

/** A value that is not a number misses every bound. */
export function judge(bound: Bound, value: number): Verdict {
  return { bound, value, holds: bound.sense === 'at least' ? value >= bound.limit : value <= bound.limit };
}

const atLeast = (name: string, limit: number, unit: Bound['unit'], why: string): Bound =>
  Object.freeze({ name, sense: 'at least', limit, unit, why });
const atMost = (name: string, limit: number, unit: Bound['unit'], why: string): Bound =>
  Object.freeze({ name, sense: 'at most', limit, unit, why });

/** Ratios of intents per second, compared at this many mailboxes. */
export const comparedAt = 10_000;
export const fewMailboxes = 10;
export const manyMailboxes = 100_000;

export const throughputBounds: Readonly<
  Record<'raw' | 'runtime' | 'agents' | 'tell' | 'control' | 'many' | 'previous', Bound>
> = Object.freeze({
  raw: atLeast('raw / control-tuned', 1, 'x', 'a yardstick slower than what users write would flatter the runtime'),
  runtime: atLeast('parley / raw', 0.65, 'x', 'what validation, lanes and confirmed acks may cost'),
  agents: atLeast('parley-agents / raw', 0.5, 'x', 'what agents with state, and an archive of all they do, may cost'),
  tell: atLeast(
    'parley-tell / control',
    1.5,
    'x',
    'users send this way, and a slow runtime would tempt them to do without it',
  ),
  control: atLeast('parley / control', 1.2, 'x', 'a mailbox must not be slower than the library as it is written'),
  previous: atLeast('this / previous build', 0.95, 'x', 'no release is slower than the one before; the rest is noise'),
  many: atLeast('parley 100,000 / 10 mailboxes', 0.7, 'x', 'cost does not grow with the number of mailboxes'),
});

/** A limit relative to a measurement without the runtime, or without the load, in the same run. */
export const latencyBounds: Readonly<Record<'p50' | 'p99' | 'tell', (base: number) => Bound>> = Object.freeze({
  p50: (raw: number) => atMost('parley p50', 3 * raw, 'ms', '3 times raw: the runtime is not a hop of its own'),
  p99: (raw: number) => atMost('parley p99', Math.max(4 * raw, raw + 2), 'ms', '4 times raw, or 2 ms more'),
  tell: (control: number) =>
    atMost('parley-tell p99', Math.max(1.3 * control, control + 1), 'ms', '1.3 times control, or 1 ms more'),
});

export const idleBounds: Readonly<Record<'node' | 'server', Bound>> = Object.freeze({
  node: atMost('node, 100,000 idle mailboxes above 10', 30, 'MiB', 'an idle mailbox is nothing in memory'),
  server: atMost('server, 100,000 idle mailboxes above 10', 20, 'MiB', 'an empty lane is nothing in the store'),
});

/** Bounds of a node that holds as much as it is configured to hold. */
export const deepBounds: Readonly<{
  memory: (configuredMiB: number) => Bound;
  estimate: (estimatedMiB: number) => Bound;
  p99: (base: number) => Bound;
}> = Object.freeze({
  memory: (configuredMiB: number) => atMost('node above idle', configuredMiB, 'MiB', '"maxMemoryBytes", as configured'),
  estimate: (estimatedMiB: number) =>
    atMost('the same', 1.25 * estimatedMiB, 'MiB', 'what the node takes it for, and a quarter'),
  p99: (base: number) => atMost('others p99', Math.max(5 * base, 50), 'ms', '5 times without the load, or 50 ms'),
});

/** Bounds between two agents while a third is flooded. */
export const floodBounds: Readonly<{
  depth: (capacity: number) => Bound;
  full: (capacity: number) => Bound;
  untyped: Bound;
  lost: Bound;
  p99: (base: number) => Bound;
}> = Object.freeze({
  depth: (capacity: number) => atMost('deepest lane', capacity, 'intents', 'the server bounds every lane'),
  full: (capacity: number) =>
    atLeast('median depth of the lane', 0.9 * capacity, 'intents', 'otherwise it was no flood'),
  untyped: atMost('refusals other than MailboxFullError', 0, 'intents', 'a sender must know what to do next'),
  lost: atMost('confirmed, but not handled once', 0, 'intents', 'nothing accepted is lost'),
  p99: (base: number) =>
    atMost('others p99', Math.max(3 * base, 10), 'ms', '3 times without the flood, or 10 ms: it fills its own lane'),
});

/** Bounds of agents that are not in memory when an intent arrives, including the memory that they free. */
export const activationBounds: Readonly<{ p99: (warm: number) => Bound; otherwise: Bound; givenBack: Bound }> =
  Object.freeze({
    p99: (warm: number) =>
      atMost('activation p99', Math.max(10 * warm, 10), 'ms', '10 times that of an agent in memory, or 10 ms'),
    otherwise: atMost('agents found otherwise than meant', 1, '%', 'in memory or not: the two are to be compared'),
    givenBack: atLeast('memory given back by passivation', 90, '%', 'an idle agent is nothing in memory'),
  });

/** Bounds of a daemon under a long load: each end of an interval of 95 % confidence. */
export const soakBounds: Readonly<
  Record<'heap' | 'rss' | 'kept' | 'descriptors' | 'resources' | 'refused' | 'exit' | 'left' | 'lost', Bound>
> = Object.freeze({
  heap: atMost('heap growth, upper end', 1, 'MiB/min', 'more than that fills 1.4 GiB in a day'),
  rss: atMost('RSS growth, upper end', 1, 'MiB/min', 'more than that fills 1.4 GiB in a day'),
  kept: atMost('heap kept of an intent, lower end', 25, 'bytes', 'leak found: what handled intents leave adds up'),
  descriptors: atMost('growth of open file descriptors, lower end', 1, 'a minute', 'a process may open 1,024'),
  resources: atMost('growth of active resources, lower end', 2, 'a minute', 'timers and sockets that are done must go'),
  refused: atMost('refused while the daemon ran', 0, 'intents', 'a daemon keeps up with this rate'),
  exit: atMost('exit code after SIGTERM', 0, '', 'an orderly end under load is an end without an error'),
  left: atMost('left in the store by the next daemon', 0, 'intents', 'what one daemon leaves, the next one handles'),
  lost: atMost('accepted, and neither archived nor dead', 0, 'intents', 'nothing accepted is lost'),
});

/** Repeats a bound for one of several settings. */
export function inSetting(setting: string, bound: Bound): Bound {
  return { ...bound, name: `${setting}: ${bound.name}` };
}

export const policyBounds: Readonly<Record<'p50', Bound>> = Object.freeze({
  p50: atMost('a decision, p50', 100, 'µs', 'a slow policy would tempt users to leave it out'),
});
