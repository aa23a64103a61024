package parley.policy_test

test_scaling_up_what_is_busy if outcome_of(scale_up, {}) == {["performance.scale_up", "allow"]}

test_scaling_up_what_is_not if {
	outcome_of(scale_up, {"justification": {"utilization": 0.8}}) == {["performance.scale_up", "deny"]}
}

test_limiting_few_sources if outcome_of(limit_rate, {}) == {["performance.limit_rate", "allow"]}

test_limiting_customers if {
	outcome_of(limit_rate, {"justification": {"source_concentration": 0.4}}) == {["performance.limit_rate", "deny"]}
	outcome(said_with(json.remove(limit_rate, ["/justification/source_concentration"]), settings)) == {["performance.limit_rate", "deny"]}
}

test_limiting_no_more if outcome_of(limit_rate, {"arguments": {"on": false}, "justification": {"source_concentration": 0}}) == {["performance.limit_rate", "allow"]}
