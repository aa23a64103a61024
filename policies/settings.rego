# Reads data.json: thresholds, budgets, services, tiers. A missing setting that an act needs denies the act.
#
# "not" before a call does not hold when what the call is given is undefined: arguments are evaluated outside the negation. So
# rules negate rules, or functions of what is certainly there.
package parley.policy.settings

import data.parley.policy.inputs
import data.parley.policy.rule

for_every_act := ["manager_approval"]

for_act := {
	"scale_up": ["justified_utilization"],
	"scale_down": ["idle_utilization"],
	"limit_rate": ["concentrated_sources"],
	"reserve_instances": ["long_contract_months", "churning_direction_changes"],
	"diagnose": [],
}

# Actions that spend a service's budget.
spending := ["scale_up", "reserve_instances"]

threshold(name) := data.thresholds[name] if is_number(data.thresholds[name])

contributions contains rule.deny(concat(".", ["thresholds", name]), ["the threshold ", name, not_configured]) if {
	some name in array.concat(for_every_act, for_act[input.action])
	not threshold(name)
}

not_configured := " is not configured as a number in data.json"

# A service's own budget, or the default one when it has none. An invalid own budget is not replaced by the default.
budget := data.budgets[input.service] if {
	inputs.given(data.budgets, input.service)
} else := data.budgets["default"]

remaining := budget.remaining if is_number(budget.remaining)

contributions contains rule.deny("budgets.remaining", ["the budget of ", input.service, not_configured]) if {
	input.action in spending
	not remaining
}

monthly_limit := data.budgets.monthly_limit if is_number(data.budgets.monthly_limit)

contributions contains rule.deny("budgets.monthly_limit", ["the monthly limit", not_configured]) if not monthly_limit

# Reads a setting of the service, or else of the default service.
of_service(name) := value if {
	value := data.services[input.service][name]
} else := data.services["default"][name]

number_of_service(name) := of_service(name) if is_number(of_service(name))

needed_of_service := {"scale_up": ["min_instances"], "scale_down": ["min_instances", "sla_seconds"]}

contributions contains rule.deny(concat(".", ["services", name]), [name, " of ", input.service, not_configured]) if {
	some name in needed_of_service[input.action]
	not number_of_service(name)
}

services_known if is_object(data.services)

contributions contains rule.deny("services", ["data.json has no services: which of them are being decommissioned is not known"]) if {
	not services_known
}

statuses := ["active", "decommissioning"]

contributions contains rule.deny("services.status", ["the status of ", input.service, " is neither active nor decommissioning"]) if {
	inputs.given(data.services[input.service], "status")
	not data.services[input.service].status in statuses
}

contributions contains rule.deny("services.service", ["what data.json says of ", input.service, " is no object"]) if {
	inputs.given(data.services, input.service)
	not is_object(data.services[input.service])
}

tier_names := ["safety", "compliance", "cost", "performance"]

highest_tier := max({100} | {number | some number in data.tiers; is_number(number)})

tier(name) := data.tiers[name] if is_number(data.tiers[name])

contributions contains rule.deny(concat(".", ["tiers", name]), ["the tier ", name, not_configured]) if {
	some name in tier_names
	not tier(name)
}
