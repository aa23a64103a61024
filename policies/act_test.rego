# Helpers of the suites: permitted acts, settings of their own, and the rules' contributions when parts of these change.
# A changed threshold in data.json fails no test.
package parley.policy_test

import data.parley.policy

scale_up := {
	"action": "scale_up",
	"agent_id": "resource/checkout",
	"on_behalf_of": "capacity_planner",
	"service": "checkout",
	"resource": "service/checkout",
	"estimated_cost": 100,
	"arguments": {"service": "checkout", "instances": 4},
	"justification": {"utilization": 0.9, "response_time_p99": 0.2},
	"constraints": {"budget_remaining": 5000, "max_diagnostic_cost": 10, "response_time_sla": "15_minutes"},
}

scale_down := object.union(scale_up, {"action": "scale_down", "estimated_cost": 0, "justification": {"utilization": 0.2}})

limit_rate := object.union(
	json.remove(scale_up, ["/arguments/instances"]),
	{"action": "limit_rate", "arguments": {"on": true}, "justification": {"source_concentration": 0.6}},
)

reserve := object.union(scale_up, {"action": "reserve_instances", "service": "steady", "resource": "service/steady", "arguments": {"service": "steady", "term_months": 6}})

diagnose := object.union(scale_up, {"action": "diagnose", "estimated_cost": 2})

settings := {
	"tiers": {"safety": 100, "compliance": 90, "cost": 50, "performance": 10},
	"thresholds": {
		"justified_utilization": 0.8,
		"idle_utilization": 0.3,
		"concentrated_sources": 0.5,
		"manager_approval": 1000,
		"long_contract_months": 12,
		"churning_direction_changes": 6,
	},
	"budgets": {"monthly_limit": 8000, "default": {"remaining": 500}, "checkout": {"remaining": 5000}, "steady": {"remaining": 5000}},
	"services": {
		"default": {"min_instances": 1, "sla_seconds": 0.25, "stable_demand": false},
		"checkout": {"status": "active", "min_instances": 2},
		"steady": {"stable_demand": true},
		"legacy": {"status": "decommissioning"},
	},
	"compliance": {"gdpr": {"allowed_regions": ["eu-west-1"]}},
}

contributions_with(act, with_settings) := found if {
	found := policy.contributions with input as act
		with data.tiers as with_settings.tiers
		with data.thresholds as with_settings.thresholds
		with data.budgets as with_settings.budgets
		with data.services as with_settings.services
		with data.compliance as with_settings.compliance
}

contributions_of(act, changes) := contributions_with(object.union(act, changes), settings)

# Ids with their effects.
outcome(contributions) := {[one.id, one.effect] | some one in contributions}

outcome_of(act, changes) := outcome(contributions_of(act, changes))

outcome_under(act, changed_settings) := outcome(contributions_with(act, object.union(settings, changed_settings)))

for_service(act, name) := object.union(act, {"service": name, "resource": concat("/", ["service", name]), "arguments": {"service": name}})
