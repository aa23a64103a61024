/** A delivery: one stored message on its way to its receiver. */

/** Headers that travel beside a payload: trace context. Names in lower case, values of visible ASCII. */
export type MessageHeaders = Readonly<Record<string, string>>;

export interface Delivery {
  readonly pool: string;
  readonly partition: number;
  /** The stream's sequence number: the order of acceptance in the pool. */
  readonly seq: number;
  /** The lane. */
  readonly subject: string;
  readonly payload: Uint8Array;
  /**
   * When the store accepted it, by the store's clock: milliseconds since 1970; NaN: unknown. With `seq` it identifies the
   * message. It decreases when a server with a slower clock takes over.
   */
  readonly storedAt: number;
  /** The headers that the transport is configured to carry; absent when there are none. */
  readonly headers?: MessageHeaders | undefined;
}

/** A stored message that was read again by its sequence number. */
export type StoredMessage = Pick<Delivery, 'seq' | 'subject' | 'payload' | 'storedAt' | 'headers'>;
