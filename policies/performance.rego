# Tier 10: speed.
package parley.policy

import rego.v1

contributions contains allow("performance.scale_up", 10, sprintf("utilisation %v is above %v, and the budget has room", [utilization, threshold("justified_utilization")])) if {
	input.action == "scale_up"
	cost_known
	utilization > threshold("justified_utilization")
	input.estimated_cost < budget.remaining
}

contributions contains deny("performance.scale_up", 10, "nothing shows that it is busy") if {
	input.action == "scale_up"
	not utilization > threshold("justified_utilization")
}

contributions contains allow("performance.limit_on", 10, sprintf("few sources send %v of the requests", [concentration])) if {
	input.action == "limit_rate"
	input.arguments.on == true
	concentration >= threshold("concentrated_sources")
}

contributions contains deny("performance.limit_on", 10, "the requests come from many sources: customers would be slowed down") if {
	input.action == "limit_rate"
	not input.arguments.on == false
	not concentration >= threshold("concentrated_sources")
}

contributions contains allow("performance.limit_off", 10, "nobody is to be slowed down longer than needed") if {
	input.action == "limit_rate"
	input.arguments.on == false
}

concentration := input.justification.source_concentration if is_number(input.justification.source_concentration)
