/** An app of a user: two agents on a server that is there, an act under the packaged policy, and an end by itself. */
import { type Actuator, agentRef, defineAgent, type Logger, type NewReasoningTrace, startNode } from 'parley-runtime';
import { connectJetStream } from 'parley-runtime/jetstream';
import { loadPolicy } from 'parley-runtime/policy';

const { NATS_URL = '', MESH = '', POLICIES = '' } = process.env;

const scalerRef = agentRef('scaler', { grow: {} });
const scaled: unknown[] = [];
const traces: NewReasoningTrace[] = [];
const warnings: string[] = [];
let handled: (status: string) => void;
const status = new Promise<string>((resolve) => {
  handled = resolve;
});

const scaler = defineAgent({
  kind: 'scaler',
  delivery: 'at_least_once',
  intents: scalerRef.intents,
  receive: {
    async grow(_intent, ctx) {
      const action = {
        name: 'scale_up',
        resource: 'service/checkout',
        arguments: { service: 'checkout', instances: 4 },
        facts: {
          service: 'checkout',
          estimated_cost: 100,
          justification: { utilization: 0.9, response_time_p99: 0.2 },
        },
      };
      const result = await ctx.act(action, {
        context_retrieved: [],
        alternatives_considered: [],
        decision_rationale: 'it is busy',
        confidence_score: 0.9,
        expected_outcome: {},
      });
      handled(result.status);
    },
  },
});

const watcher = defineAgent({
  kind: 'watcher',
  delivery: 'at_least_once',
  intents: { alert: {} },
  async receive(_intent, ctx) {
    await ctx.tell(scalerRef, { intent_type: 'grow', constraints: { budget_remaining: 5_000 } });
  },
});

const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: ({ reason }, message) => void warnings.push(`${message}: ${String(reason)}`),
  error: (fields, message) => void warnings.push(`${message}: ${JSON.stringify(fields)}`),
};
const scaleUp: Actuator = (args) => {
  scaled.push(args);
  return {};
};
/** A function, so that it can be bundled as CommonJS too. */
async function main(): Promise<void> {
  const transport = await connectJetStream({ url: NATS_URL, mesh: MESH });
  const node = await startNode(
    { agents: [watcher, scaler] },
    {
      transport,
      mesh: MESH,
      log,
      actions: {
        policy: await loadPolicy(POLICIES),
        actuators: { scale_up: scaleUp },
        traces: {
          write: async (trace) => void traces.push(trace),
          close: async () => true,
          read: async () => undefined,
          list: async () => [],
        },
      },
    },
  );
  const ticket = await node.tell(watcher, { intent_type: 'alert' }, { from: 'client/consumer' });
  const outcome = { stored: ticket !== undefined, status: await status, scaled, traces: traces.length };
  await node.stop();
  await transport.close();
  process.stdout.write(`${JSON.stringify({ ...outcome, warnings })}\n`);
}

void main();
