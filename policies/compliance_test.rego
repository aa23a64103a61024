package parley.policy_test

test_a_regulation_needs_an_approval if {
	outcome_of(scale_up, {"regulation": "gdpr"}) == {["compliance.gdpr", "require_approval"], ["performance.scale_up", "allow"]}
}

test_a_region_that_it_allows if {
	outcome_of(scale_up, {"regulation": "gdpr", "region": "eu-west-1"}) == outcome_of(scale_up, {"regulation": "gdpr"})
}

test_a_region_that_it_does_not_allow if {
	["compliance.gdpr", "deny"] in outcome_of(scale_up, {"regulation": "gdpr", "region": "us-east-1"})
}

test_a_region_without_a_regulation if outcome_of(scale_up, {"region": "us-east-1"}) == {["performance.scale_up", "allow"]}

test_a_regulation_that_nobody_knows if {
	every name in ["GDPR", "hipaa"] {
		["compliance.regulation", "deny"] in outcome_of(scale_up, {"regulation": name})
	}
}

test_a_regulation_without_regions_allows_none if {
	without := json.remove(settings, ["/compliance/gdpr/allowed_regions"])
	denied := outcome(said_with(object.union(scale_up, {"regulation": "gdpr", "region": "eu-west-1"}), without))
	["compliance.gdpr", "deny"] in denied
}

test_nothing_is_taken_away_while_the_promise_is_broken if {
	outcome_of(scale_down, {"justification": {"response_time_p99": 0.3}}) == {["compliance.service_sla", "deny"]}
	outcome_of(scale_down, {"justification": {"response_time_p99": 0.25}}) == {["cost.scale_down", "allow"]}
}

test_what_takes_longer_than_the_intent_has_time if {
	outcome_of(scale_up, {"estimated_minutes": 15}) == {["performance.scale_up", "allow"]}
	["compliance.response_time_sla", "deny"] in outcome_of(scale_up, {"estimated_minutes": 16})
	outcome_of(scale_up, {"estimated_minutes": 16, "constraints": {"response_time_sla": "1_hour"}}) == {["performance.scale_up", "allow"]}
}
