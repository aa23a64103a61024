/** The data or the input of a policy: each leads to a typed refusal or a decision. */

import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { bare, between, type Door, DoorFault } from '../door.ts';
import { checkPrototypes, checkTyped } from '../typed-error.ts';

const effects: ReadonlySet<unknown> = new Set(['allow', 'deny', 'require_approval']);

const act = {
  agent_id: 'resource/checkout',
  on_behalf_of: 'capacity_planner',
  resource: 'service/checkout',
  service: 'checkout',
  action: 'scale_up',
  estimated_cost: 100,
  arguments: { service: 'checkout', instances: 4 },
  constraints: { budget_remaining: 6_000, max_diagnostic_cost: 10, response_time_sla: '15_minutes' },
  justification: { utilization: 0.85, response_time_p99: 2.3 },
};

export async function policyDoor(folder: string): Promise<Door> {
  const source = 'policies';
  await mkdir(join(folder, 'bundle'), { recursive: true });
  for (const name of ['policy.wasm', 'manifest.json']) {
    await copyFile(join(source, 'bundle', name), join(folder, 'bundle', name));
  }
  const data = readFileSync(join(source, 'data.json'));
  return {
    name: 'policy',
    parallel: 1,
    examples: [data, Buffer.from(JSON.stringify(act))],
    frames: [
      bare,
      between('{"tiers":', '}'),
      between('{"services":{"checkout":{"min_instances":', '}}}'),
      between('{"budgets":{', '}}'),
    ],
    async attempt(input) {
      await writeFile(join(folder, 'data.json'), input);
      try {
        const engine = await loadPolicy(folder);
        for (const asked of [act, askedIn(input)]) {
          const { effect } = engine.decide(asked as object) as { readonly effect?: unknown };
          if (!effects.has(effect)) throw new DoorFault(`the decision is ${JSON.stringify(effect)}`);
        }
      } catch (error) {
        if (error instanceof DoorFault) throw error;
        checkTyped(error);
      }
      checkPrototypes();
    },
  };
}

function askedIn(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString('utf8'));
  } catch {
    return input.toString('utf8');
  }
}
