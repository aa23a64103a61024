/** A call of `act`, with its cause as the runtime found it. */
import type { ActCall } from '../core/act-call.ts';
import type { KnownCause } from './act-causes.ts';
import type { ActIdentity } from './act-key.ts';
import type { ActRecord } from './act-records.ts';

/** An act that policy may decide: its cause and its key are known, and no other act was begun in its place. */
export interface Act extends ActCall {
  readonly cause: KnownCause;
  readonly identity: ActIdentity;
  readonly key: string;
  /** The record of an earlier attempt. */
  readonly record: ActRecord | undefined;
}
