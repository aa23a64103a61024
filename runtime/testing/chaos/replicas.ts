/** Checks that the replicas of a cluster at rest are equal: reads every message of every stream from each server. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { type ServerSet, streamsOf } from './server-set.ts';
import { StoredMessages } from './stored-messages.ts';

/** The content of a stream on one server, as a phrase. */
export interface Holding {
  readonly server: string;
  readonly streams: ReadonlyMap<string, string>;
}

/** @returns a sentence for each stream whose replicas differ */
export async function compareReplicas(set: ServerSet, clock: Clock): Promise<readonly string[]> {
  await set.allHealthy();
  const ports = set.servers.map(({ place }) => place.clientPort);
  await using messages = await StoredMessages.open(ports, clock);
  const held = await Promise.all(set.servers.map(streamsOf));
  const streams = [...new Set(held.flat().map(({ name }) => name))].sort();
  const holdings: Holding[] = [];
  for (const { name: server } of set.servers) {
    const digests = new Map<string, string>();
    for (const stream of streams) digests.set(stream, await digest(messages, stream, server));
    holdings.push({ server, streams: digests });
  }
  return differences(holdings);
}

/** Summarises a stream by its count with a hash over all messages. */
async function digest(messages: StoredMessages, stream: string, server: string): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const line of messages.of(stream, server)) {
    hash.update(line);
    count++;
  }
  return `${count} messages with the hash ${hash.digest('hex').slice(0, 16)}`;
}

export function differences(holdings: readonly Holding[]): readonly string[] {
  const streams = [...new Set(holdings.flatMap((holding) => [...holding.streams.keys()]))].sort();
  return streams.flatMap((stream) => {
    const phrases = holdings.map((holding) => holding.streams.get(stream) ?? 'nothing');
    if (new Set(phrases).size <= 1) return [];
    const each = holdings.map(({ server }, i) => `${server} has ${phrases[i]}`).join('; ');
    return [`replicas of ${stream} differ: ${each}`];
  });
}
