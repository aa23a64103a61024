/** The targets of faults: servers, nodes, the network between them, senders. */
import type { Clock } from '../../core/clock.ts';
import type { History } from './history-file.ts';
import type { Link } from './link.ts';
import type { NodeProcess } from './node-process.ts';
import type { Observer } from './observer.ts';
import type { SenderProcess } from './sender-process.ts';
import type { ServerSet } from './server-set.ts';

export interface FaultTargets {
  readonly servers: ServerSet;
  readonly nodes: readonly NodeProcess[];
  /** The links of the nodes and of the senders. */
  readonly links: readonly Link[];
  readonly sender: SenderProcess;
  readonly observer: Observer;
  readonly history: History;
  readonly clock: Clock;
  /** The stream of the mailboxes of the pool. */
  readonly stream: string;
  readonly say: (line: string) => void;
}
