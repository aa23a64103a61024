/** The advantage of the mesh comes from coordination: its agents want by themselves what agents that act alone want. */
import { expect, it } from 'vitest';
import { capacityPlanner } from '../../../../actors/capacity_planner/agent.ts';
import { Cloud, type CloudAction, type ServiceReading } from '../../../../actors/cloud/cloud.ts';
import { generatedWorkload } from '../../../../actors/cloud/load.ts';
import { Views } from '../../../../actors/cloud/view.ts';
import { costMonitor } from '../../../../actors/cost_monitor/agent.ts';
import { noEpisodes, noKnowledge } from '../../../../actors/devops/without-memory.ts';
import { performanceOptimizer } from '../../../../actors/performance_optimizer/agent.ts';
import { monitorRef, optimizerRef, plannerRef, resourceRef } from '../../../../actors/protocol/agents.ts';
import type { Proposal } from '../../../../actors/protocol/proposal.ts';
import { wishes } from '../../../../actors/scenarios/uncoordinated.ts';
import { defineAgent, defineApp } from '../../../../runtime/index.ts';
import { ruleBasedReasoner } from '../../../../runtime/reasoning/rule-based.ts';
import { testMesh } from '../../../../runtime/testing/index.ts';

const ticks = 150;

/** What a proposal would do to the cloud. */
function actionOf({ action, service, arguments: args }: Proposal): CloudAction | undefined {
  if (action === 'limit_rate') return undefined;
  const instances = Number(args.instances);
  return { action: action === 'reserve_instances' ? 'reserve' : 'scale', service, instances };
}

const asText = ({ action, ...rest }: CloudAction): string => JSON.stringify([action, ...Object.values(rest)]);

it.each([3, 4])('Each agent of the mesh wants by itself what it wants alone, seed %i', async (seed) => {
  let proposals: Proposal[] = [];
  const resource = defineAgent({
    kind: resourceRef.kind,
    keyed: true,
    delivery: 'at_least_once',
    intents: resourceRef.intents,
    receive: {
      propose: ({ context }) => void proposals.push(context),
      settle: () => undefined,
    },
  });
  const constraints = () => ({ max_diagnostic_cost: 10, budget_remaining: 1e9, response_time_sla: '15_minutes' });
  const idleMs = 86_400_000;
  const services = { constraints, reasoner: ruleBasedReasoner, traces: undefined, run: 'x', events: {} };
  const app = defineApp({
    agents: [
      capacityPlanner({ idleMs }),
      performanceOptimizer({ idleMs, consultsPlanner: false }),
      costMonitor({ idleMs }),
      resource,
    ],
    services: () => ({ memory: { semantic: noKnowledge, episodic: noEpisodes }, services }),
  });
  await using mesh = await testMesh(app);
  const see = async (readings: readonly ServiceReading[]): Promise<readonly Proposal[]> => {
    proposals = [];
    const observation = { intent_type: 'observe', context: { readings } } as const;
    for (const agent of [plannerRef, optimizerRef, monitorRef] as const) {
      await mesh.tell(agent, observation);
      await mesh.settled();
    }
    return proposals;
  };
  const cloud = new Cloud(generatedWorkload(seed, ticks));
  const views = new Views();
  let [wanted, thoughtOver] = [0, 0];
  for (let tick = 0; tick < ticks; tick++) {
    const readings = cloud.step();
    const alone = readings.flatMap((reading) => wishes(views.add(reading)));
    const proposed = (await see(readings)).flatMap((proposal) => actionOf(proposal) ?? []);
    const [texts, inMesh] = [alone.map(asText), proposed.map(asText)];
    expect(texts).toEqual(expect.arrayContaining(inMesh));
    // the monitor thinks before it answers what is unusual, and may want something else then
    wanted += alone.length;
    thoughtOver += texts.filter((text) => !inMesh.includes(text)).length;
    for (const action of alone) cloud.apply(`${tick}/${action.service}/${action.action}`, action);
  }
  expect(wanted).toBeGreaterThan(200);
  expect(thoughtOver).toBeLessThan(0.05 * wanted);
});
