# Tier 100: what must not happen to a service or to its users, whatever it saves.
package parley.policy

import rego.v1

contributions contains deny("safety.decommissioned", 100, sprintf("%s is being decommissioned: it is left alone", [service])) if {
	data.services[service].status == "decommissioning"
}

contributions contains require_approval("safety.user_data", 100, "it affects user data") if {
	input.affects_user_data == true
}

contributions contains deny("safety.user_data", 100, "affects_user_data is neither true nor false") if {
	given(input, "affects_user_data")
	not is_boolean(input.affects_user_data)
}

contributions contains deny("safety.last_instance", 100, "it would leave no instance") if {
	input.action == "scale_down"
	not input.arguments.instances >= 1
}

contributions contains deny("safety.last_instance", 100, "the number of instances is no number") if {
	input.action in ["scale_up", "scale_down", "reserve_instances"]
	not is_number(input.arguments.instances)
}
