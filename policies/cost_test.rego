package parley.policy_test

test_a_cost_above_the_threshold_needs_a_manager if {
	outcome_of(scale_up, {"estimated_cost": 1000}) == {["performance.scale_up", "allow"]}
	outcome_of(scale_up, {"estimated_cost": 1001}) == {["cost.manager_approval", "require_approval"], ["performance.scale_up", "allow"]}
}

test_the_services_budget_is_kept if {
	free := {"constraints": {"budget_remaining": 10000}}
	["performance.scale_up", "allow"] in outcome_of(scale_up, object.union(free, {"estimated_cost": 4999}))
	["cost.service_budget", "deny"] in outcome_of(scale_up, object.union(free, {"estimated_cost": 5000}))
	["cost.service_budget", "deny"] in outcome_of(reserve, object.union(free, {"estimated_cost": 5000}))
}

test_a_spent_budget_permits_savings if {
	outcome_under(scale_down, {"budgets": {"checkout": {"remaining": 0}}}) == {["cost.scale_down", "allow"]}
}

test_the_intents_budget_is_kept if {
	every act in [scale_up, reserve, diagnose] {
		["cost.intent_budget", "deny"] in outcome_of(act, {"constraints": {"budget_remaining": 1}})
	}
}

test_an_intent_without_a_budget_has_that_of_the_service if {
	outcome(contributions_with(json.remove(scale_up, ["/constraints/budget_remaining"]), settings)) == {["performance.scale_up", "allow"]}
}

test_the_monthly_limit_is_for_all if {
	["cost.monthly_limit", "deny"] in outcome_of(scale_up, {"estimated_cost": 8001})
	not ["cost.monthly_limit", "deny"] in outcome_of(scale_up, {"estimated_cost": 8000})
}

test_an_idle_service_is_scaled_down if outcome_of(scale_down, {}) == {["cost.scale_down", "allow"]}

test_a_busy_service_is_not_scaled_down if outcome_of(scale_down, {"justification": {"utilization": 0.3}}) == {["cost.scale_down", "deny"]}

test_a_stable_demand_permits_a_contract if outcome_of(reserve, {}) == {["cost.reserve_instances", "allow"]}

test_a_changing_demand_denies_a_contract if {
	outcome_of(for_service(reserve, "checkout"), {}) == {["cost.stable_demand", "deny"]}
	outcome_of(for_service(reserve, "other"), {}) == {["cost.stable_demand", "deny"]}
}

test_a_churning_demand_denies_a_contract if {
	["cost.churn", "deny"] in outcome_of(reserve, {"justification": {"direction_changes": 6}})
	outcome_of(reserve, {"justification": {"direction_changes": 5}}) == {["cost.reserve_instances", "allow"]}
}

test_a_long_contract_needs_an_approval if {
	outcome_of(reserve, {"arguments": {"term_months": 36}}) == {["cost.long_contract", "require_approval"], ["cost.reserve_instances", "allow"]}
}

test_a_costly_contract_needs_an_approval if ["cost.manager_approval", "require_approval"] in outcome_of(reserve, {"estimated_cost": 1001})

test_a_diagnosis_within_the_intents_limit_is_permitted if {
	outcome_of(diagnose, {"estimated_cost": 10}) == {["cost.diagnose", "allow"]}
	outcome_of(diagnose, {"estimated_cost": 10.5}) == {["cost.diagnose", "deny"]}
}

test_a_diagnosis_without_a_limit_of_the_intent_is_denied if {
	outcome(contributions_with(json.remove(diagnose, ["/constraints/max_diagnostic_cost"]), settings)) == {["input.constraints.max_diagnostic_cost", "deny"]}
}
