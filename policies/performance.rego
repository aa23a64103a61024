# Permits acts that make a service faster.
package parley.policy.performance

import data.parley.policy.rule
import data.parley.policy.settings

busy if input.justification.utilization > settings.threshold("justified_utilization")

contributions contains rule.allow("performance.scale_up", [
	"utilization ",
	rule.percent(input.justification.utilization),
	" is above ",
	rule.percent(settings.threshold("justified_utilization")),
	", and the budget has room",
]) if {
	input.action == "scale_up"
	busy
	input.estimated_cost < settings.remaining
}

contributions contains rule.deny("performance.scale_up", ["nothing shows that ", input.service, " is busy"]) if {
	input.action == "scale_up"
	not busy
}

concentrated if input.justification.source_concentration >= settings.threshold("concentrated_sources")

contributions contains rule.allow("performance.limit_rate", [
	"few sources send ",
	rule.percent(input.justification.source_concentration),
	" of the requests",
]) if {
	input.action == "limit_rate"
	input.arguments.on == true
	concentrated
}

contributions contains rule.deny("performance.limit_rate", ["the requests come from many sources: customers would be slowed down"]) if {
	input.action == "limit_rate"
	input.arguments.on == true
	not concentrated
}

contributions contains rule.allow("performance.limit_rate", ["nobody is to be slowed down longer than needed"]) if {
	input.action == "limit_rate"
	input.arguments.on == false
}
