/**
 * Drives the simulated cloud inside a daemon, by the wall clock: each tick is one reading of every service, told to the agents as
 * a monitoring system would.
 */
import { z } from 'zod';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { needs } from '../../runtime/actor/needs.ts';
import { agentRef, type KindRef } from '../../runtime/core/agent-ref.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { monitorRef, optimizerRef, plannerRef, resourceRef } from '../protocol/agents.ts';

export interface CloudServices {
  readonly cloud: Cloud;
}

/** How the cloud is to run. */
export interface CloudRun {
  /** Milliseconds between two ticks of five simulated minutes. */
  readonly every_ms: number;
  /** Ends after so many ticks. */
  readonly ticks: number;
}

export type CloudIntents = { readonly run: { readonly context: z.ZodType<CloudRun> } };

const run: z.ZodType<CloudRun> = z.object({
  every_ms: z.number().int().min(10).max(3_600_000).default(1_000),
  ticks: z.number().int().min(1).max(100_000).default(500),
});

const cloudRef: KindRef<CloudIntents> = agentRef('simulated_cloud', { run: { context: run } });

export const simulatedCloud: Agent<CloudIntents, CloudServices> = defineAgent({
  kind: cloudRef.kind,
  delivery: 'at_least_once',
  intents: cloudRef.intents,
  services: needs<CloudServices>(),
  state: () => ({ left: 0 }),
  timers: {
    async tick({ state, services, timers, tell }) {
      const readings = services.cloud.step();
      const observation = { intent_type: 'observe', context: { readings } } as const;
      for (const agent of [plannerRef, optimizerRef, monitorRef] as const) await tell(agent, observation);
      for (const reading of readings)
        await tell(resourceRef.at(reading.service), { intent_type: 'settle', context: { reading } });
      if (--state.left <= 0) timers.cancel('tick');
    },
  },
  receive: {
    run({ context: { every_ms, ticks } }, { state, timers }) {
      state.left = ticks;
      timers.every('tick', every_ms);
    },
  },
});
