/** The app of the fuzzed node. Its agents record outside of Parley what they execute. */
import { appendFileSync } from 'node:fs';
import { propagation } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { z } from 'zod';
import { answerProbes } from '../../../bench/soak/probe.ts';
import { type App, defineAgent, defineApp } from '../../../runtime/index.ts';
import { executionsVariable } from './executions.ts';

answerProbes();
// so that headers of strangers are read, as in an app that traces
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const file = process.env[executionsVariable] ?? '';
const execute = ({ intent_id }: { readonly intent_id: string }): void => appendFileSync(file, `${intent_id}\n`);

const worker = defineAgent({
  kind: 'worker',
  delivery: 'at_least_once',
  intents: { alert: {}, investigate: { context: z.object({ amount: z.number() }) } },
  receive: { alert: execute, investigate: execute },
});

const ledger = defineAgent({
  kind: 'ledger',
  keyed: true,
  delivery: 'at_least_once',
  intents: { alert: {} },
  receive: {
    async alert(intent, ctx) {
      execute(intent);
      await ctx.reply({ done: true });
    },
  },
});

const app: App = defineApp({ agents: [worker, ledger] });
export default app;
