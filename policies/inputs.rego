# Checks the fields that rules rely on: presence, type and range. Rego orders values of different types, with any text above
# any number: unchecked, "10" would pass for more than 5000.
package parley.policy.inputs

import data.parley.policy.rule

# The fields that each action requires.
needed := {
	"scale_up": [["arguments", "instances"], ["justification", "utilization"]],
	"scale_down": [["arguments", "instances"], ["justification", "utilization"], ["justification", "response_time_p99"]],
	"limit_rate": [["arguments", "on"]],
	"reserve_instances": [["arguments", "instances"], ["arguments", "term_months"]],
	"diagnose": [["constraints", "max_diagnostic_cost"]],
}

always := ["action", "resource", "service", "estimated_cost", "arguments", "justification", "constraints"]

# The kind of each field, checked where it is given.
top := {
	"action": "name",
	"agent": "name",
	"agent_id": "name",
	"on_behalf_of": "name",
	"resource": "name",
	"service": "name",
	"estimated_cost": "amount",
	"estimated_minutes": "amount",
	"affects_user_data": "flag",
	"regulation": "name",
	"region": "name",
	"arguments": "object",
	"justification": "object",
	"constraints": "object",
}

inner := {
	"arguments": {"service": "name", "instances": "count", "on": "flag", "term_months": "count"},
	"justification": {
		"utilization": "share",
		"response_time_p99": "amount",
		"source_concentration": "share",
		"direction_changes": "count",
	},
	"constraints": {"budget_remaining": "number", "max_diagnostic_cost": "amount", "response_time_sla": "duration"},
}

described := {
	"name": "a text of 1 to 128 characters",
	"number": "a number",
	"amount": "a number, 0 or more",
	"share": "a number from 0 to 1",
	"count": "a whole number from 0 to 1000000",
	"flag": "true or false",
	"object": "an object",
	"duration": "a text like 15_minutes or 2_hours",
}

missing contains name if {
	some name in always
	not given(input, name)
}

# `agent` is the former name of `agent_id`.
missing contains "agent_id" if {
	not given(input, "agent_id")
	not given(input, "agent")
}

missing contains concat(".", path) if {
	some path in needed[input.action]
	not given(input[path[0]], path[1])
}

misfits contains [name, kind] if {
	some name, kind in top
	given(input, name)
	not fits(kind, input[name])
}

misfits contains [concat(".", [holder, name]), kind] if {
	some holder, kinds in inner
	some name, kind in kinds
	given(input[holder], name)
	not fits(kind, input[holder][name])
}

contributions contains rule.deny(concat(".", ["input", name]), ["the input has no ", name]) if some name in missing

contributions contains rule.deny(concat(".", ["input", name]), [name, " must be ", described[kind]]) if {
	some [name, kind] in misfits
}

contributions contains rule.deny("input.action", ["no rule knows the action ", input.action]) if {
	fits("name", input.action)
	not given(needed, input.action)
}

contributions contains rule.deny("input.agent", ["agent and agent_id are not the same"]) if {
	fits("name", input.agent)
	fits("name", input.agent_id)
	input.agent != input.agent_id
}

# The rules must judge the resource that the actuator acts on.
contributions contains rule.deny("input.resource", ["the resource is not service/", input.service]) if {
	fits("name", input.service)
	fits("name", input.resource)
	input.resource != concat("/", ["service", input.service])
}

contributions contains rule.deny("input.arguments.service", ["the arguments are for another service than ", input.service]) if {
	fits("name", input.service)
	fits("name", input.arguments.service)
	input.arguments.service != input.service
}

# A field counts as given also when it is null or false.
given(holder, name) if _ := holder[name]

fits("name", value) if {
	is_string(value)
	count(value) > 0
	count(value) <= 128
}

fits("number", value) if is_number(value)

fits("amount", value) if {
	is_number(value)
	value >= 0
}

fits("share", value) if {
	is_number(value)
	value >= 0
	value <= 1
}

# Bounded: of numbers like 1e308 OPA's interpreter and a compiled policy do not have the same floor.
fits("count", value) if {
	is_number(value)
	value >= 0
	value <= 1000000
	floor(value) == value
}

fits("flag", value) if is_boolean(value)

fits("object", value) if is_object(value)

fits("duration", value) if minutes(value) > 0

# Parses a duration like 15_minutes.
minutes(value) := to_number(digits) * minutes_of[unit] if {
	is_string(value)
	[digits, unit] := split(value, "_")
	count(digits) > 0
	count(digits) <= 6
	trim(digits, "0123456789") == ""
	not startswith(digits, "0")
}

minutes_of := {"minute": 1, "minutes": 1, "hour": 60, "hours": 60}
