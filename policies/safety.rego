# Forbids harm to a service or its users, whatever it saves.
package parley.policy.safety

import data.parley.policy.rule
import data.parley.policy.settings

contributions contains rule.deny("safety.decommissioning", [input.service, " is being decommissioned: it is left alone"]) if {
	data.services[input.service].status == "decommissioning"
}

contributions contains rule.require_approval("safety.user_data", ["it affects user data"]) if {
	input.affects_user_data == true
}

# Covers scale_up too: both actions set a number of instances.
contributions contains rule.deny("safety.min_instances", [
	input.arguments.instances,
	" instances are fewer than the ",
	settings.number_of_service("min_instances"),
	" that ",
	input.service,
	" must have",
]) if {
	input.action in ["scale_up", "scale_down"]
	input.arguments.instances < settings.number_of_service("min_instances")
}
