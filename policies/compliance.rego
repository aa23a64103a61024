# Tier 90: what was promised to others, by law or by contract.
package parley.policy

import rego.v1

contributions contains require_approval("compliance.gdpr", 90, "personal data under the GDPR are affected") if {
	input.regulation == "gdpr"
}

contributions contains deny("compliance.region", 90, sprintf("the GDPR does not allow region %v", [input.region])) if {
	input.regulation == "gdpr"
	given(input, "region")
	not input.region in data.compliance.gdpr_regions
}

# The intent's own bounds hold for everything that is done for it.
contributions contains deny("compliance.response_time", 90, "the promised response time is already broken: nothing is taken away") if {
	input.action == "scale_down"
	data.services[service].sla_seconds < input.justification.response_time_p99
}

contributions contains deny("compliance.response_time", 90, "response_time_sla is not written like 15_minutes") if {
	given(constraints, "response_time_sla")
	not written_duration(constraints.response_time_sla)
}

# What is no object constrains nothing, and allows nothing either.
constraints := {name: value | some name, value in input.constraints}

written_duration(text) if {
	[count_text, unit] := split(text, "_")
	to_number(count_text) > 0
	unit in ["minute", "minutes", "hour", "hours"]
}
