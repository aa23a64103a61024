# Limits what acts cost: USD a month; for diagnoses USD once.
package parley.policy.cost

import data.parley.policy.rule
import data.parley.policy.settings

contributions contains rule.require_approval("cost.manager_approval", [
	price,
	" are above ",
	settings.threshold("manager_approval"),
	": a manager must approve",
]) if {
	input.estimated_cost > settings.threshold("manager_approval")
}

contributions contains rule.deny("cost.monthly_limit", [price, " are above the limit of ", settings.monthly_limit, " for all services"]) if {
	input.estimated_cost > settings.monthly_limit
}

contributions contains rule.deny("cost.service_budget", [price, " do not fit the ", settings.remaining, " left for ", input.service]) if {
	input.action in settings.spending
	input.estimated_cost >= settings.remaining
}

contributions contains rule.deny("cost.intent_budget", [price, " are above the ", input.constraints.budget_remaining, " that the intent allows"]) if {
	input.action in array.concat(settings.spending, ["diagnose"])
	input.estimated_cost > input.constraints.budget_remaining
}

price := concat(" ", [rule.text(input.estimated_cost), "USD"])

# Removing idle capacity.
idle if input.justification.utilization < settings.threshold("idle_utilization")

answers_in_time if input.justification.response_time_p99 <= settings.number_of_service("sla_seconds")

contributions contains rule.allow("cost.scale_down", [
	"utilization ",
	rule.percent(input.justification.utilization),
	" is below ",
	rule.percent(settings.threshold("idle_utilization")),
	", and it answers as promised",
]) if {
	input.action == "scale_down"
	idle
	answers_in_time
}

contributions contains rule.deny("cost.scale_down", ["nothing shows that ", input.service, " idles"]) if {
	input.action == "scale_down"
	not idle
}

# Contracts.
stable_demand if settings.of_service("stable_demand") == true

contributions contains rule.allow("cost.reserve_instances", ["the demand is stable, and the budget has room"]) if {
	input.action == "reserve_instances"
	stable_demand
	input.estimated_cost < settings.remaining
}

contributions contains rule.deny("cost.stable_demand", ["the demand of ", input.service, " keeps changing: a contract outlives it"]) if {
	input.action == "reserve_instances"
	not stable_demand
}

contributions contains rule.deny("cost.churn", [
	input.justification.direction_changes,
	" changes of direction, from ",
	settings.threshold("churning_direction_changes"),
	" on the demand is churning",
]) if {
	input.action == "reserve_instances"
	input.justification.direction_changes >= settings.threshold("churning_direction_changes")
}

contributions contains rule.require_approval("cost.long_contract", [
	input.arguments.term_months,
	" months are a long contract: from ",
	settings.threshold("long_contract_months"),
	" on somebody must approve",
]) if {
	input.action == "reserve_instances"
	input.arguments.term_months >= settings.threshold("long_contract_months")
}

# Diagnoses.
affordable if input.estimated_cost <= input.constraints.max_diagnostic_cost

contributions contains rule.allow("cost.diagnose", [price, " are within the ", input.constraints.max_diagnostic_cost, " for finding the cause"]) if {
	input.action == "diagnose"
	affordable
}

contributions contains rule.deny("cost.diagnose", [price, " are more than the intent allows for finding the cause"]) if {
	input.action == "diagnose"
	not affordable
}
