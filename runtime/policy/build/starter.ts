/** A folder of policies to start from: it builds and passes its tests as written. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../../core/errors.ts';
import { PolicyOutputError } from './write-bundle.ts';

const rules = `# The rules of an app. Before every act Parley evaluates data.parley.policy.contributions, and combines what the rules contribute:
# the strictest effect decides, and an act that no rule allows is denied.
package parley.policy

# The cost that the agent states in the facts of its act. Without one, or with a text in its place, "not cost" holds.
cost := input.estimated_cost if is_number(input.estimated_cost)

# A setting of data.json that must be a number.
number(name) := data.settings[name] if is_number(data.settings[name])

contributions contains {
	"id": "actions.allowed",
	"tier": 10,
	"effect": "allow",
	"reason": concat(" ", [input.action, "is one of the allowed actions"]),
} if {
	input.action in data.settings.allowed_actions
}

contributions contains {
	"id": "cost.unknown",
	"tier": 100,
	"effect": "deny",
	"reason": "the act does not say what it costs (estimated_cost, a number)",
} if {
	not cost
}

contributions contains {
	"id": "cost.approval",
	"tier": 50,
	"effect": "require_approval",
	"reason": concat(" ", ["it costs more than", json.marshal(number("approval_above"))]),
} if {
	cost > number("approval_above")
}

contributions contains {
	"id": "cost.limit",
	"tier": 100,
	"effect": "deny",
	"reason": concat(" ", ["it costs more than the limit of", json.marshal(number("cost_limit"))]),
} if {
	cost > number("cost_limit")
}

# A rule whose setting is missing contributes nothing, and so forbids nothing: this one does.
contributions contains {
	"id": concat(".", ["settings", name]),
	"tier": 100,
	"effect": "deny",
	"reason": concat(" ", ["data.json has no number", name]),
} if {
	some name in ["approval_above", "cost_limit"]
	not number(name)
}
`;

const tests = `package parley.policy_test

import data.parley.policy

refund := {"action": "refund", "agent_id": "billing/ann", "resource": "customer/ann", "estimated_cost": 10}

# Settings of the tests' own: those of data.json may change.
settings := {"allowed_actions": ["refund"], "approval_above": 50, "cost_limit": 500}

# What the rules contribute, as {id: effect}.
effects(act, given) := {one.id: one.effect |
	some one in policy.contributions with input as act with data.settings as given
}

effects_of(changes) := effects(object.union(refund, changes), settings)

test_an_allowed_action_is_allowed if effects_of({}) == {"actions.allowed": "allow"}

test_no_rule_allows_another_action if effects_of({"action": "delete_account"}) == {}

test_a_costly_act_needs_an_approval if {
	effects_of({"estimated_cost": 51}) == {"actions.allowed": "allow", "cost.approval": "require_approval"}
}

test_an_act_above_the_limit_is_denied if effects_of({"estimated_cost": 501})["cost.limit"] == "deny"

test_an_act_without_its_cost_is_denied if {
	effects(json.remove(refund, ["/estimated_cost"]), settings)["cost.unknown"] == "deny"
	effects_of({"estimated_cost": "10"})["cost.unknown"] == "deny"
}

test_a_missing_setting_denies if {
	every name in ["approval_above", "cost_limit"] {
		effects(refund, json.remove(settings, [name]))[concat(".", ["settings", name])] == "deny"
	}
}
`;

const data = `{
  "settings": {
    "allowed_actions": ["refund"],
    "approval_above": 50,
    "cost_limit": 500
  }
}
`;

const readme = `# Policies

What the agents of this app may do. Every act (\`ctx.act\`) is judged by these rules before anything happens.

| file                      | what it is                                                                       |
| ------------------------- | -------------------------------------------------------------------------------- |
| \`contributions.rego\`      | the rules: each contributes \`{id, tier, effect, reason}\`                         |
| \`contributions_test.rego\` | their tests                                                                      |
| \`data.json\`               | their settings; changed without building, read when a node starts                |
| \`bundle/\`                 | what the rules are compiled to; commit it, so that a node needs nothing but this |

Commands, from the folder above this one when it is named \`policies\`:

    npx parley policy test policies     # check and test the rules
    npx parley policy build policies    # compile them into bundle/

An app loads them with \`loadPolicy(new URL('./policies', import.meta.url))\` of \`parley-runtime/policy\`. What a rule is given, and what
it may answer: https://github.com/parley-runtime/parley/blob/main/runtime/policy/README.md#policies-of-your-own
`;

/** By name, in the order in which a reader needs them. */
export const starterFiles: Readonly<Record<string, string>> = {
  'contributions.rego': rules,
  'contributions_test.rego': tests,
  'data.json': data,
  'README.md': readme,
};

/** Files of the starter folder are there already. */
class StarterExistsError extends ParleyError {
  constructor(folder: string, names: readonly string[]) {
    const there = names.map((name) => join(folder, name)).join(', ');
    const remedy = 'name another folder, or replace them with --force';
    super('PARLEY_POLICY_EXISTS', `not written, because there already is ${there}; ${remedy}`);
  }
}

export interface StarterFile {
  readonly path: string;
  /** The file took the place of another one. */
  readonly replaced: boolean;
}

export interface StarterOptions {
  /** Replaces what is there; otherwise nothing is written when anything is. */
  readonly force: boolean;
  /** Writes nothing. */
  readonly dryRun: boolean;
}

/** @throws StarterExistsError, PolicyOutputError */
export async function writeStarter(folder: string, options: StarterOptions): Promise<readonly StarterFile[]> {
  const names = Object.keys(starterFiles);
  const existing = names.filter((name) => existsSync(join(folder, name)));
  if (existing.length > 0 && !options.force) throw new StarterExistsError(folder, existing);
  if (!options.dryRun) for (const name of names) await write(folder, name);
  return names.map((name) => ({ path: join(folder, name), replaced: existing.includes(name) }));
}

async function write(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, starterFiles[name] ?? '');
  } catch (error) {
    throw new PolicyOutputError(path, error);
  }
}
