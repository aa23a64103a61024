/** The faults of a chaos run with their requirements. Faults of one class never overlap; those of different classes may. */

export type FaultKind =
  | 'kill_node'
  | 'stop_node'
  | 'split_brain'
  | 'term_node'
  | 'clock_step'
  | 'kill_server'
  | 'stop_server'
  | 'restart_server'
  | 'kill_leader'
  | 'wipe_server'
  | 'disk_full'
  | 'auth_errors'
  | 'cut'
  | 'delay'
  | 'hold'
  | 'refuse'
  | 'quota';

/** - `node`: one node process. - `store`: the servers. - `network`: between nodes and servers. - `load`: the senders. */
export type FaultClass = 'node' | 'store' | 'network' | 'load';

export interface FaultTraits {
  readonly class: FaultClass;
  /** How long it lasts, milliseconds: from, to. */
  readonly lasts: readonly [number, number];
  /** The pause of its class afterwards, milliseconds: processes start, elections take place, replicas catch up. */
  readonly rest: number;
  /** The least number of servers for which it makes sense. */
  readonly servers?: number;
  /** The least number of nodes for which it makes sense. */
  readonly nodes?: number;
}

/** Detecting a dead node takes 3 s, an election up to 7 s: a shorter fault is a blink, a longer one a failure. */
export const faultKinds: Readonly<Record<FaultKind, FaultTraits>> = Object.freeze({
  /** `kill -9` of a node, then a restart. */
  kill_node: { class: 'node', lasts: [200, 6_000], rest: 5_000 },
  /** SIGSTOP, SIGCONT. */
  stop_node: { class: 'node', lasts: [500, 8_000], rest: 5_000 },
  /** SIGSTOP of an owner of partitions until another node owns them all; then SIGCONT. It lasts as long as that takes. */
  split_brain: { class: 'node', lasts: [8_000, 8_000], rest: 5_000, nodes: 2 },
  /** SIGTERM under load, then a restart. */
  term_node: { class: 'node', lasts: [200, 3_000], rest: 5_000 },
  /** The wall clock of a node jumps forward or back by up to two hours, later back to the right time. */
  clock_step: { class: 'node', lasts: [2_000, 10_000], rest: 2_000 },
  /** `kill -9` of a nats-server, then a restart with its store. */
  kill_server: { class: 'store', lasts: [100, 6_000], rest: 9_000 },
  stop_server: { class: 'store', lasts: [500, 12_000], rest: 9_000 },
  /** SIGTERM: the server closes its store, then restarts. */
  restart_server: { class: 'store', lasts: [100, 3_000], rest: 9_000 },
  /** `kill -9` of the server that leads the mailbox stream. */
  kill_leader: { class: 'store', lasts: [100, 6_000], rest: 12_000, servers: 3 },
  /** One server is killed, then restarted with an empty store. */
  wipe_server: { class: 'store', lasts: [500, 3_000], rest: 25_000, servers: 3 },
  /** The disk of a server is filled to the last byte. */
  disk_full: { class: 'store', lasts: [2_000, 8_000], rest: 15_000 },
  /** The servers require another password for a while. */
  auth_errors: { class: 'store', lasts: [500, 8_000], rest: 9_000 },
  /** Every connection is cut; new ones work. */
  cut: { class: 'network', lasts: [0, 0], rest: 5_000 },
  /** Every byte arrives late. */
  delay: { class: 'network', lasts: [1_000, 8_000], rest: 4_000 },
  /** Connections stay open without passing bytes; held bytes arrive afterwards. */
  hold: { class: 'network', lasts: [500, 9_000], rest: 8_000 },
  /** Connections are cut and new ones refused. */
  refuse: { class: 'network', lasts: [500, 6_000], rest: 6_000 },
  /** Senders fill the pool's stream until it refuses. */
  quota: { class: 'load', lasts: [3_000, 6_000], rest: 30_000 },
});

export const faultNames: readonly FaultKind[] = Object.freeze(Object.keys(faultKinds) as FaultKind[]);
