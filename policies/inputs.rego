# What every rule may rely on. An input that is missing, or of the wrong type, is a contribution of its own: deny.
package parley.policy

import rego.v1

acts := ["scale_up", "scale_down", "limit_rate", "reserve_instances", "diagnose"]

service := input.service

contributions contains deny("input.action", 100, "the input names no action") if not is_string(input.action)

contributions contains deny("input.action", 100, sprintf("no rule knows the action \"%s\"", [input.action])) if {
	is_string(input.action)
	not input.action in acts
}

contributions contains deny("input.service", 100, "the input names no service") if not is_string(input.service)

contributions contains deny("input.cost", 100, "estimated_cost is missing, not a number, or below 0") if not cost_known

cost_known if {
	is_number(input.estimated_cost)
	input.estimated_cost >= 0
}

contributions contains deny("input.arguments", 100, "the arguments are for another service") if {
	is_string(input.service)
	object.get(object.get(input, "arguments", {}), "service", input.service) != input.service
}

utilization := input.justification.utilization if is_number(input.justification.utilization)

# A threshold that is not configured allows nothing.
threshold(name) := data.thresholds[name] if is_number(data.thresholds[name])

contributions contains deny(sprintf("threshold.%s", [name]), 100, sprintf("the threshold \"%s\" is not configured", [name])) if {
	some name in needed[input.action]
	not is_number(object.get(data.thresholds, name, null))
}

needed := {
	"scale_up": ["justified_utilization", "manager_approval"],
	"scale_down": ["idle_utilization"],
	"limit_rate": ["concentrated_sources"],
	"reserve_instances": ["manager_approval"],
	"diagnose": [],
}

contribution(id, tier, effect, reason) := {"id": id, "tier": tier, "effect": effect, "reason": reason}

allow(id, tier, reason) := contribution(id, tier, "allow", reason)

deny(id, tier, reason) := contribution(id, tier, "deny", reason)

require_approval(id, tier, reason) := contribution(id, tier, "require_approval", reason)

# Is it there at all, also as null?
given(object, name) if {
	some key, _ in object
	key == name
}
