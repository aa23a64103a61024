package parley.policy_test

test_a_decommissioning_service_is_left_alone if {
	every act in [scale_up, scale_down, limit_rate, diagnose] {
		["safety.decommissioning", "deny"] in outcome_of(for_service(act, "legacy"), {})
	}
	["safety.decommissioning", "deny"] in outcome_of(for_service(reserve, "legacy"), {})
}

test_user_data_need_an_approval if {
	outcome_of(scale_up, {"affects_user_data": true}) == {["safety.user_data", "require_approval"], ["performance.scale_up", "allow"]}
	outcome_of(scale_up, {"affects_user_data": false}) == {["performance.scale_up", "allow"]}
}

test_the_minimum_of_instances_is_kept if {
	outcome_of(scale_down, {"arguments": {"instances": 2}}) == {["cost.scale_down", "allow"]}
	["safety.min_instances", "deny"] in outcome_of(scale_down, {"arguments": {"instances": 1}})
}

test_scale_up_may_not_reduce_below_the_minimum if ["safety.min_instances", "deny"] in outcome_of(scale_up, {"arguments": {"instances": 0}})

test_tiers_are_those_of_the_settings if {
	every one in contributions_of(scale_up, {"affects_user_data": true}) {
		one.tier == {"safety.user_data": 100, "performance.scale_up": 10}[one.id]
	}
}
