package parley.policy_test

test_a_manager_approves_what_is_above_the_threshold if {
	outcome_of(scale_up, {"estimated_cost": 1000}) == {["performance.scale_up", "allow"]}
	outcome_of(scale_up, {"estimated_cost": 1001}) == {["cost.manager_approval", "require_approval"], ["performance.scale_up", "allow"]}
}

test_the_services_budget_is_kept if {
	free := {"constraints": {"budget_remaining": 10000}}
	["performance.scale_up", "allow"] in outcome_of(scale_up, object.union(free, {"estimated_cost": 4999}))
	["cost.service_budget", "deny"] in outcome_of(scale_up, object.union(free, {"estimated_cost": 5000}))
	["cost.service_budget", "deny"] in outcome_of(reserve, object.union(free, {"estimated_cost": 5000}))
}

test_a_spent_budget_keeps_nobody_from_saving if {
	outcome_under(scale_down, {"budgets": {"checkout": {"remaining": 0}}}) == {["cost.scale_down", "allow"]}
}

test_the_intents_budget_is_kept if {
	every act in [scale_up, reserve, diagnose] {
		["cost.intent_budget", "deny"] in outcome_of(act, {"constraints": {"budget_remaining": 1}})
	}
}

test_an_intent_without_a_budget_has_the_services if {
	outcome(said_with(json.remove(scale_up, ["/constraints/budget_remaining"]), settings)) == {["performance.scale_up", "allow"]}
}

test_the_monthly_limit_is_for_all if {
	["cost.monthly_limit", "deny"] in outcome_of(scale_up, {"estimated_cost": 8001})
	not ["cost.monthly_limit", "deny"] in outcome_of(scale_up, {"estimated_cost": 8000})
}

test_what_idles_is_taken_away if outcome_of(scale_down, {}) == {["cost.scale_down", "allow"]}

test_what_does_not_idle_stays if outcome_of(scale_down, {"justification": {"utilization": 0.3}}) == {["cost.scale_down", "deny"]}

test_a_contract_for_a_stable_demand if outcome_of(reserve, {}) == {["cost.reserve_instances", "allow"]}

test_a_contract_for_a_demand_that_changes if {
	outcome_of(for_service(reserve, "checkout"), {}) == {["cost.stable_demand", "deny"]}
	outcome_of(for_service(reserve, "other"), {}) == {["cost.stable_demand", "deny"]}
}

test_a_contract_while_the_demand_churns if {
	["cost.churn", "deny"] in outcome_of(reserve, {"justification": {"direction_changes": 6}})
	outcome_of(reserve, {"justification": {"direction_changes": 5}}) == {["cost.reserve_instances", "allow"]}
}

test_a_long_contract_needs_an_approval if {
	outcome_of(reserve, {"arguments": {"term_months": 36}}) == {["cost.long_contract", "require_approval"], ["cost.reserve_instances", "allow"]}
}

test_a_costly_contract_needs_an_approval if ["cost.manager_approval", "require_approval"] in outcome_of(reserve, {"estimated_cost": 1001})

test_looking_for_a_cause_within_what_the_intent_allows if {
	outcome_of(diagnose, {"estimated_cost": 10}) == {["cost.diagnose", "allow"]}
	outcome_of(diagnose, {"estimated_cost": 10.5}) == {["cost.diagnose", "deny"]}
}

test_looking_for_a_cause_when_nobody_said_what_it_may_cost if {
	outcome(said_with(json.remove(diagnose, ["/constraints/max_diagnostic_cost"]), settings)) == {["input.constraints.max_diagnostic_cost", "deny"]}
}
