/** One stored message on its way to its receiver. */

/** What travels beside a payload: trace context. Names in lower case, values of visible ASCII. */
export type MessageHeaders = Readonly<Record<string, string>>;

export interface Delivery {
  readonly pool: string;
  readonly partition: number;
  /** The stream's sequence: order of acceptance in the pool. */
  readonly seq: number;
  /** The lane. */
  readonly subject: string;
  readonly payload: Uint8Array;
  /**
   * When the store accepted it, by the store's clock: milliseconds since 1970; NaN: not said. With `seq` it identifies the message.
   * It decreases when another server with a clock that is behind takes over.
   */
  readonly storedAt: number;
  /** Of those that the transport was told to carry; absent when there are none. */
  readonly headers?: MessageHeaders | undefined;
}

/** A stored message read again by its place. */
export type StoredMessage = Pick<Delivery, 'seq' | 'subject' | 'payload' | 'storedAt' | 'headers'>;
