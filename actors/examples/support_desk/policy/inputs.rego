# What an act must say. Rego orders values of different types, with any text above any number: unchecked, "10" would pass for
# more than 5000.
package desk.inputs

amounts := {
	"arguments.cents": ["arguments", "cents"],
	"paid": ["paid"],
	"refunded_before": ["refunded_before"],
	"refunded_this_month": ["refunded_this_month"],
}

contributions contains fault(name, concat(" ", [name, "must be an amount in whole cents"])) if {
	some name, path in amounts
	not is_amount(object.get(input, path, null))
}

contributions contains fault("limits", concat(" ", ["the limit", name, "must be an amount in data.json"])) if {
	some name in ["free_up_to", "most", "most_in_a_month"]
	not is_amount(object.get(data.limits, name, null))
}

contributions contains fault("action", "no rule knows the action") if input.action != "refund"

contributions contains fault("arguments", "the arguments must name the customer and the order") if not names_order

# The order in the arguments is what the actuator pays back: it must be the one that is judged.
contributions contains fault("resource", "the resource is not the order of the arguments") if {
	input.resource != concat("/", ["order", input.arguments.customer, format_int(input.arguments.order, 10)])
}

# Whoever acts does so for a ticket of the same customer. The runtime says who they are, not the agent.
contributions contains fault("agent", "it is another customer's ticket") if not same_customer

same_customer if {
	acting := split(input.agent_id, "/")
	asking := split(input.on_behalf_of, "/")
	[acting[0], asking[0]] == ["billing", "triage"]
	acting[1] == asking[1]
}

names_order if {
	is_string(input.arguments.customer)
	is_number(input.arguments.order)
}

fault(name, reason) := {"id": concat(".", ["input", name]), "tier": 100, "effect": "deny", "reason": reason}

is_amount(value) if {
	is_number(value)
	value >= 0
	floor(value) == value
}
