/**
 * The DevOps mesh as an app: `parley run actors/devops/app.ts`. Its cloud is the simulated one, which stands still until
 * `parley send simulated_cloud run` starts it.
 */
import { type App, defineApp } from '../../runtime/node/app.ts';
import { Cloud } from '../cloud/cloud.ts';
import { generatedWorkload } from '../cloud/load.ts';
import { cloudActuators } from './actuators.ts';
import { approverFor } from './approvers.ts';
import { simulatedCloud } from './cloud-agent.ts';
import { meshAgents } from './mesh-agents.ts';
import { openStores } from './open-stores.ts';

const seed = 1;
const mostTicks = 100_000;

const app: App = defineApp({
  agents: [...meshAgents(), simulatedCloud],
  async services({ mesh, transport, dataDir: data, log, use }) {
    const { env } = process;
    const say = (text: string): void => log.info({ text }, 'the DevOps mesh opens its stores');
    const stores = await openStores({ mesh, data, env, log, say, use, connect: async () => transport });
    const { policy, traces, episodes, semantic, shared, working, reasoner, run, constraints } = stores;
    const cloud = new Cloud(generatedWorkload(seed, mostTicks));
    return {
      policy,
      traces,
      approver: approverFor(env.DEVOPS_APPROVE || 'deny', say),
      actuators: cloudActuators(cloud),
      memory: { working, shared, episodic: episodes, semantic },
      services: { constraints, reasoner, traces, run, events: {}, cloud },
    };
  },
});

export default app;
