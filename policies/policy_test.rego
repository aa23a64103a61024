package parley.policy_test

import data.parley.policy
import rego.v1

base := {
	"action": "scale_up",
	"agent": "resource/checkout",
	"service": "checkout",
	"resource": "service/checkout",
	"estimated_cost": 100,
	"arguments": {"service": "checkout", "instances": 4},
	"justification": {"utilization": 0.7, "response_time_p99": 0.2},
	"constraints": {"budget_remaining": 5000, "max_diagnostic_cost": 10, "response_time_sla": "15_minutes"},
}

effects(changed) := {contribution.effect | some contribution in policy.contributions with input as object.union(base, changed)}

ids(changed) := {contribution.id | some contribution in policy.contributions with input as object.union(base, changed)}

test_scaling_up_within_budget_and_justified if effects({}) == {"allow"}

test_scaling_up_without_reason if "performance.scale_up" in ids({"justification": {"utilization": 0.3}})

test_scaling_up_above_the_budget if effects({"estimated_cost": 7000}) == {"deny", "require_approval"}

test_a_manager_is_asked if effects({"estimated_cost": 2000}) == {"allow", "require_approval"}

test_the_intents_budget_is_kept if "cost.intent_budget" in ids({"constraints": {"budget_remaining": 50}})

test_the_monthly_limit if "cost.monthly_limit" in ids({"estimated_cost": 9000})

test_a_decommissioned_service_is_left_alone if {
	"safety.decommissioned" in ids({"service": "legacy_reports", "arguments": {"service": "legacy_reports", "instances": 2}})
}

test_user_data if effects({"affects_user_data": true}) == {"allow", "require_approval"}

test_gdpr if effects({"regulation": "gdpr"}) == {"allow", "require_approval"}

test_gdpr_elsewhere if "compliance.region" in ids({"regulation": "gdpr", "region": "us-east-1"})

test_taking_away_what_idles if effects({"action": "scale_down", "justification": {"utilization": 0.3}}) == {"allow"}

test_taking_away_what_is_used if effects({"action": "scale_down"}) == {"deny"}

test_taking_away_while_the_promise_is_broken if {
	"compliance.response_time" in ids({"action": "scale_down", "justification": {"utilization": 0.3, "response_time_p99": 0.4}})
}

test_the_last_instance_stays if {
	"safety.last_instance" in ids({"action": "scale_down", "justification": {"utilization": 0.1}, "arguments": {"service": "checkout", "instances": 0}})
}

test_limiting_few_sources if effects({"action": "limit_rate", "arguments": {"service": "checkout", "on": true}, "justification": {"source_concentration": 0.6}}) == {"allow"}

test_limiting_customers if effects({"action": "limit_rate", "arguments": {"service": "checkout", "on": true}, "justification": {"source_concentration": 0.1}}) == {"deny"}

test_limiting_no_more if effects({"action": "limit_rate", "arguments": {"service": "checkout", "on": false}}) == {"allow"}

test_a_contract_without_stable_demand if effects({"action": "reserve_instances"}) == {"deny"}

test_a_contract_with_stable_demand if {
	stable := {contribution.effect |
		some contribution in policy.contributions with input as object.union(base, {"action": "reserve_instances"})
			with data.services.checkout.stable_demand as true
	}
	stable == {"allow"}
}

test_looking_for_the_cause if effects({"action": "diagnose", "estimated_cost": 2}) == {"allow"}

test_looking_too_long if effects({"action": "diagnose", "estimated_cost": 20}) == {"deny"}

test_an_action_that_nobody_knows if "input.action" in ids({"action": "delete_everything"})

test_a_cost_that_is_no_number if effects({"estimated_cost": "100"}) == {"deny"}

test_a_threshold_that_is_missing if {
	found := {contribution.id |
		some contribution in policy.contributions with input as base
			with data.thresholds as {"justified_utilization": 0.5}
	}
	"threshold.manager_approval" in found
}
