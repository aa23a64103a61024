# Keeps promises to others: those of the law, of a contract, of the intent.
package parley.policy.compliance

import data.parley.policy.inputs
import data.parley.policy.rule
import data.parley.policy.settings

rules := data.compliance[input.regulation] if is_object(data.compliance[input.regulation])

region_allowed if input.region in rules.allowed_regions

contributions contains rule.require_approval(concat(".", ["compliance", input.regulation]), ["it falls under ", input.regulation]) if rules

contributions contains rule.deny("compliance.regulation", ["data.json does not say what the regulation ", input.regulation, " asks for"]) if {
	is_string(input.regulation)
	not rules
}

contributions contains rule.deny(concat(".", ["compliance", input.regulation]), [input.regulation, " does not allow the region ", input.region]) if {
	rules
	is_string(input.region)
	not region_allowed
}

contributions contains rule.deny("compliance.service_sla", [
	"it answers within ",
	input.justification.response_time_p99,
	" s, and ",
	settings.number_of_service("sla_seconds"),
	" s are promised: nothing is taken away",
]) if {
	input.action == "scale_down"
	input.justification.response_time_p99 > settings.number_of_service("sla_seconds")
}

contributions contains rule.deny("compliance.response_time_sla", [
	"it takes ",
	input.estimated_minutes,
	" minutes, and the intent wants it within ",
	input.constraints.response_time_sla,
]) if {
	is_number(input.estimated_minutes)
	input.estimated_minutes > inputs.minutes(input.constraints.response_time_sla)
}
