/** What faults are done to: the servers, the nodes, the ways between them, the senders. */
import type { Clock } from '../../core/clock.ts';
import type { History } from './history-file.ts';
import type { Link } from './link.ts';
import type { NodeProcess } from './node-process.ts';
import type { Observer } from './observer.ts';
import type { SenderProcess } from './sender-process.ts';
import type { ServerSet } from './server-set.ts';

export interface World {
  readonly servers: ServerSet;
  readonly nodes: readonly NodeProcess[];
  /** Of the nodes and of the senders. */
  readonly links: readonly Link[];
  readonly sender: SenderProcess;
  readonly observer: Observer;
  readonly history: History;
  readonly clock: Clock;
  /** Of the pool's mailboxes. */
  readonly stream: string;
  readonly say: (line: string) => void;
}
