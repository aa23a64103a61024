/** Arguments or results of calls to a node. */
import type { MeshSecret } from '../cluster/mesh-secret.ts';
import type { Logger } from '../core/logger.ts';
import { checkOptions, compileOptions, namesOf, type OptionRules, quantity } from '../core/options.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Tracing } from '../core/tracing.ts';
import type { SendOptions } from '../messaging/checked-intent.ts';
import type { Transport } from '../transport/index.ts';

export interface StopOptions {
  /** Time for running handlers, milliseconds; unfinished intents are handled by the pool's next node. */
  readonly drainMs?: number;
}

/** Options for sends from outside any agent. */
export interface TellOptions extends SendOptions {
  /** The sender; this node's own `client/<instance>` by default. */
  readonly from?: string;
}

/** Options of a send that is stored or refused, never dropped: the default. */
export type TellOrRefuse = TellOptions & { mode?: 'reject' | 'wait' };

/** The result of a send: in mode `drop` it may be absent. */
export type TicketIn<O extends TellOptions> = 'drop' extends O['mode'] ? Ticket | undefined : Ticket;

const tellNames = namesOf<TellOptions>({ mode: true, deadlineMs: true, from: true });
const stopRules: OptionRules<Required<StopOptions>> = { drainMs: quantity(10_000, 0, 24 * 3_600_000, 'milliseconds') };

/** @throws InvalidOptionError */
export const checkTellOptions = (options: TellOptions): void => checkOptions('tell', options, tellNames);

/** @throws InvalidOptionError */
export const compileStopOptions = (options: StopOptions): Required<StopOptions> =>
  compileOptions('stop', stopRules, options);

/** The place of a node: its mesh with its pool, and the settings for sends there. */
export interface NodePlace {
  readonly transport: Transport;
  readonly mesh: string;
  readonly pool: string;
  readonly tracing: Tracing;
  /** How long a send waits for its answer, and how long the store remembers an intent's id, milliseconds. */
  readonly sends: { readonly sendDeadlineMs: number; readonly windowMs: number };
  /** The secret of the mesh: signs tickets. */
  readonly secret: MeshSecret;
  readonly log: Logger;
}
