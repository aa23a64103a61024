# Tier 50: money.
package parley.policy

import rego.v1

# The service's own, or else the default one.
budget := budgets[0]

budgets := [found |
	some name in [service, "default"]
	found := data.budgets[name]
	is_number(found.remaining)
]

contributions contains deny("cost.budget", 50, sprintf("%v USD a month are more than the %v left for %s", [input.estimated_cost, budget.remaining, service])) if {
	cost_known
	input.action in spending
	input.estimated_cost >= budget.remaining
}

contributions contains deny("cost.no_budget", 50, sprintf("there is no budget for %s, nor a default", [service])) if {
	input.action in spending
	count(budgets) == 0
}

spending := ["scale_up", "reserve_instances"]

contributions contains deny("cost.intent_budget", 50, sprintf("%v USD a month are more than the intent's %v", [input.estimated_cost, constraints.budget_remaining])) if {
	cost_known
	input.action in spending
	is_number(constraints.budget_remaining)
	input.estimated_cost > constraints.budget_remaining
}

contributions contains deny("cost.intent_budget", 50, "budget_remaining is no number") if {
	given(constraints, "budget_remaining")
	not is_number(constraints.budget_remaining)
}

contributions contains require_approval("cost.manager", 50, sprintf("%v USD a month are above %v: a manager's word is needed", [input.estimated_cost, threshold("manager_approval")])) if {
	cost_known
	input.action in spending
	input.estimated_cost > threshold("manager_approval")
}

contributions contains deny("cost.monthly_limit", 50, sprintf("%v USD a month are above the limit of %v for all", [input.estimated_cost, data.budgets.monthly_limit])) if {
	cost_known
	input.action in spending
	input.estimated_cost > data.budgets.monthly_limit
}

contributions contains deny("cost.monthly_limit", 50, "the monthly limit is not configured") if {
	input.action in spending
	not is_number(data.budgets.monthly_limit)
}

contributions contains deny("cost.contract", 50, "a contract for a service whose demand keeps changing binds for years") if {
	input.action == "reserve_instances"
	data.services[service].stable_demand != true
}

contributions contains allow("cost.contract", 50, "its demand has been stable, and the budget has room for a contract") if {
	input.action == "reserve_instances"
	data.services[service].stable_demand == true
	input.estimated_cost < budget.remaining
}

contributions contains allow("cost.saving", 50, sprintf("utilisation %v is below %v", [utilization, threshold("idle_utilization")])) if {
	input.action == "scale_down"
	utilization < threshold("idle_utilization")
}

contributions contains deny("cost.saving", 50, "nothing shows that it idles") if {
	input.action == "scale_down"
	not utilization < threshold("idle_utilization")
}

contributions contains allow("cost.diagnosis", 50, sprintf("finding the cause may cost %v USD", [constraints.max_diagnostic_cost])) if {
	input.action == "diagnose"
	cost_known
	is_number(constraints.max_diagnostic_cost)
	input.estimated_cost <= constraints.max_diagnostic_cost
}

contributions contains deny("cost.diagnosis", 50, "the intent allows less for finding the cause, or does not say how much") if {
	input.action == "diagnose"
	not input.estimated_cost <= constraints.max_diagnostic_cost
}

contributions contains deny("cost.diagnosis", 50, "max_diagnostic_cost is no number") if {
	input.action == "diagnose"
	not is_number(constraints.max_diagnostic_cost)
}
