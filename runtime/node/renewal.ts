/**
 * Keeps the directory true: renews this node's entries, so that they do not expire, and looks up again what the node has looked up,
 * so that it sends to no kind that has expired.
 */
import type { Timer } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { renewalMs } from '../core/expiry.ts';
import type { NodeParts } from './composition.ts';
import type { CompiledNode } from './node-options.ts';
import type { Registration } from './registration.ts';

/** An expired kind may be sent to for this long. */
const refreshMs = 600_000;

export class Renewal {
  readonly #setup: CompiledNode;
  readonly #directory: NodeParts['directory'];
  readonly #registration: Registration;
  readonly #tickMs: number;
  readonly #renewMs: number;
  #timer: Timer | undefined;
  #renewedAt = 0;
  #stopped = false;

  constructor(setup: CompiledNode, { directory }: Pick<NodeParts, 'directory'>, registration: Registration) {
    this.#setup = setup;
    this.#directory = directory;
    this.#registration = registration;
    this.#renewMs = renewalMs(setup.limits.kindExpiryMs);
    this.#tickMs = Math.min(refreshMs, this.#renewMs);
  }

  /** Called when the node has declared its kinds. */
  start(): void {
    if (this.#stopped) return;
    this.#renewedAt = this.#setup.clock.monotonic();
    this.#tick();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #tick(): void {
    const { clock, log } = this.#setup;
    this.#timer = clock.after(this.#tickMs, () => {
      this.#keep().catch((error: unknown) => {
        log.warn({ reason: reasonOf(error) }, 'the directory is not kept current, which is tried again');
      });
      this.#tick();
    });
  }

  async #keep(): Promise<void> {
    const now = this.#setup.clock.monotonic();
    if (now - this.#renewedAt >= this.#renewMs) {
      this.#renewedAt = now;
      await this.#registration.renew();
    }
    await this.#directory.refresh();
  }
}
