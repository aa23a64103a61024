package parley.policy_test

test_a_busy_service_may_scale_up if outcome_of(scale_up, {}) == {["performance.scale_up", "allow"]}

test_an_idle_service_may_not_scale_up if {
	outcome_of(scale_up, {"justification": {"utilization": 0.8}}) == {["performance.scale_up", "deny"]}
}

test_few_sources_may_be_limited if outcome_of(limit_rate, {}) == {["performance.limit_rate", "allow"]}

test_customers_may_not_be_limited if {
	outcome_of(limit_rate, {"justification": {"source_concentration": 0.4}}) == {["performance.limit_rate", "deny"]}
	outcome(contributions_with(json.remove(limit_rate, ["/justification/source_concentration"]), settings)) == {["performance.limit_rate", "deny"]}
}

test_a_limit_may_be_lifted if outcome_of(limit_rate, {"arguments": {"on": false}, "justification": {"source_concentration": 0}}) == {["performance.limit_rate", "allow"]}
