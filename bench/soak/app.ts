/** The app of a soak, as `parley run` loads it. */
import { type App, defineApp } from '../../runtime/index.ts';
import { leakOf, leakVariable } from './kept.ts';
import { oracleAgent } from './oracle.ts';
import { answerProbes } from './probe.ts';
import { workerAgent } from './worker.ts';

answerProbes();

const app: App = defineApp({
  agents: [workerAgent(leakOf(Number(process.env[leakVariable] ?? 0))), oracleAgent()],
});
export default app;
