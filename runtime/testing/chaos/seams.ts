/**
 * Stores that break a promise of the runtime on purpose, to prove that the checker detects it. Each simulates a bug that a change
 * of the runtime could introduce.
 */
import type { Delivery } from '../../core/delivery.ts';
import type { Feed, FeedSink, Transport } from '../../transport/index.ts';

export const breakNames = ['acks_before_handling', 'acks_nothing', 'goes_deaf'] as const;
export type BreakName = (typeof breakNames)[number];

/** Handles one delivery instead of passing it on; `sink` belongs to the runtime. */
type Broken = (delivery: Delivery, sink: FeedSink, feed: () => Feed | undefined) => void;

/** Deliveries that are passed on before a feed becomes deaf. */
const heardFirst = 40;

const breaks: Readonly<Record<Exclude<BreakName, 'acks_nothing'>, () => Broken>> = {
  acks_before_handling: () => (delivery, sink, feed) => {
    feed()?.ack(delivery.seq);
    sink.deliver(delivery);
  },
  goes_deaf: () => {
    let heard = 0;
    return (delivery, sink) => {
      if (heard++ < heardFirst) sink.deliver(delivery);
    };
  },
};

export function brokenBy(name: BreakName): (transport: Transport) => Transport {
  return (transport) =>
    new Proxy(transport, {
      get(target, property) {
        if (property === 'openFeed') return openFeed(target, name);
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
}

const openFeed =
  (transport: Transport, name: BreakName): Transport['openFeed'] =>
  async (at, sink) => {
    if (name === 'acks_nothing') {
      const feed = await transport.openFeed(at, sink);
      return new Proxy(feed, {
        get(target, property) {
          if (property === 'ack') return () => undefined;
          if (property === 'ackConfirmed') return () => Promise.resolve();
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    }
    let feed: Feed | undefined;
    const broken = breaks[name]();
    const { deliver: _handedOn, ...rest } = { ...sink, broken: sink.broken.bind(sink) };
    feed = await transport.openFeed(at, { ...rest, deliver: (delivery) => broken(delivery, sink, () => feed) });
    return feed;
  };
