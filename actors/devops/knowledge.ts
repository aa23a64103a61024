/** The initial knowledge of the DevOps mesh. A document counts for or against an action that its metadata name. */
import type { JsonObject } from '../../runtime/core/json.ts';

export interface KnowledgeText {
  readonly text: string;
  readonly metadata: JsonObject;
}

const supports = (action: string): JsonObject => ({ supports: action });

export const devopsKnowledge: readonly KnowledgeText[] = Object.freeze([
  {
    text: 'A cost spike where load rose suddenly and most requests come from few sources is traffic of bots or a DDoS: rate limiting resolves it, scaling only pays for the attack.',
    metadata: supports('limit_rate'),
  },
  {
    text: 'Load that rose suddenly with requests from many sources are customers: a campaign, a launch, the news. Find the bottleneck and scale for them.',
    metadata: supports('investigate'),
  },
  {
    text: 'Latency at the 99th percentile grows steeply above 75 % utilisation: plan for 60 to 65 % at the expected peak.',
    metadata: { about: 'latency' },
  },
  {
    text: 'An instance that is stopped within its first hour is paid for the whole hour: stopping and starting again costs more than waiting.',
    metadata: { about: 'prices' },
  },
  {
    text: 'Reserved instances bind for three years and are paid whether they are used or not: reserve only what has been in use for weeks.',
    metadata: { about: 'contracts', advises_against: 'reserve_instances' },
  },
  {
    text: 'A database that runs out of connections looks like a lack of instances: more instances open more connections and make it worse.',
    metadata: { about: 'bottleneck', advises_against: 'scale_up' },
  },
  {
    text: 'Capacity that idles at night is needed in the morning: what is taken away at four is started again at seven.',
    metadata: { about: 'daily cycle', advises_against: 'scale_down' },
  },
  {
    text: 'A service that is being decommissioned is left alone: no capacity is added and none is taken, it is switched off on its date.',
    metadata: { about: 'decommissioning' },
  },
  {
    text: 'A cache with a low hit rate multiplies the load of the services behind it: look at expiry times after a deployment.',
    metadata: { about: 'cache' },
  },
  {
    text: 'Memory that grows without load is a leak: a restart helps until the cause is found, scaling does not.',
    metadata: { about: 'leak', advises_against: 'scale_up' },
  },
]);
