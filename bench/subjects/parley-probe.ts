/** Follows single intents between pairs of agents, or from outside to agents, from sender to handler. */
import type { Intent } from '../../runtime/core/intent.ts';
import type { Probe } from '../measure/latency-round.ts';
import type { ParleyMesh } from './parley.ts';
import { draftOf, numberOf } from './payload.ts';

export interface Pair {
  /** `undefined`: the node's own client. */
  readonly from: string | undefined;
  readonly to: string;
}

export class ParleyProbe implements Probe {
  readonly #mesh: ParleyMesh;
  readonly #pair: (n: number) => Pair;
  #arrived: (n: number) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(mesh: ParleyMesh, pair: (n: number) => Pair) {
    this.#mesh = mesh;
    this.#pair = pair;
  }

  start(arrived: (n: number) => void, failed: (error: Error) => void): void {
    this.#arrived = arrived;
    this.#failed = failed;
  }

  send(n: number): void {
    const { from, to } = this.#pair(n);
    this.#mesh.tell(from, to, draftOf(n)).catch(this.#failed);
  }

  /** Called by the handler of the probed agents. */
  received(intent: Intent): void {
    this.#arrived(numberOf(intent.context));
  }
}
