package parley.policy_test

test_a_regulation_needs_an_approval if {
	outcome_of(scale_up, {"regulation": "gdpr"}) == {["compliance.gdpr", "require_approval"], ["performance.scale_up", "allow"]}
}

test_a_regulation_permits_its_regions if {
	outcome_of(scale_up, {"regulation": "gdpr", "region": "eu-west-1"}) == outcome_of(scale_up, {"regulation": "gdpr"})
}

test_a_regulation_denies_other_regions if {
	["compliance.gdpr", "deny"] in outcome_of(scale_up, {"regulation": "gdpr", "region": "us-east-1"})
}

test_without_a_regulation_any_region_is_permitted if outcome_of(scale_up, {"region": "us-east-1"}) == {["performance.scale_up", "allow"]}

test_an_unknown_regulation_is_denied if {
	every name in ["GDPR", "hipaa"] {
		["compliance.regulation", "deny"] in outcome_of(scale_up, {"regulation": name})
	}
}

test_a_regulation_without_regions_allows_none if {
	without := json.remove(settings, ["/compliance/gdpr/allowed_regions"])
	denied := outcome(contributions_with(object.union(scale_up, {"regulation": "gdpr", "region": "eu-west-1"}), without))
	["compliance.gdpr", "deny"] in denied
}

test_scaling_down_is_denied_while_the_sla_is_broken if {
	outcome_of(scale_down, {"justification": {"response_time_p99": 0.3}}) == {["compliance.service_sla", "deny"]}
	outcome_of(scale_down, {"justification": {"response_time_p99": 0.25}}) == {["cost.scale_down", "allow"]}
}

test_an_act_slower_than_the_intents_sla_is_denied if {
	outcome_of(scale_up, {"estimated_minutes": 15}) == {["performance.scale_up", "allow"]}
	["compliance.response_time_sla", "deny"] in outcome_of(scale_up, {"estimated_minutes": 16})
	outcome_of(scale_up, {"estimated_minutes": 16, "constraints": {"response_time_sla": "1_hour"}}) == {["performance.scale_up", "allow"]}
}
