package parley.policy_test

test_a_missing_or_mistyped_threshold_denies if {
	every value in [null, "1000", true, [], {}] {
		outcome_under(scale_up, {"thresholds": {"manager_approval": value}}) == {["thresholds.manager_approval", "deny"]}
	}
	outcome(contributions_with(scale_up, json.remove(settings, ["/thresholds/justified_utilization"]))) == {["thresholds.justified_utilization", "deny"]}
}

test_each_act_needs_its_own_thresholds_only if {
	unknown := json.remove(settings, ["/thresholds/idle_utilization"])
	outcome(contributions_with(scale_up, unknown)) == {["performance.scale_up", "allow"]}
	outcome(contributions_with(scale_down, unknown)) == {["thresholds.idle_utilization", "deny"]}
}

test_missing_thresholds_deny if {
	faults := outcome(contributions_with(scale_up, object.union(settings, {"thresholds": null})))
	faults == {["thresholds.manager_approval", "deny"], ["thresholds.justified_utilization", "deny"]}
}

test_zero_is_a_threshold if outcome_under(scale_down, {"thresholds": {"idle_utilization": 0}}) == {["cost.scale_down", "deny"]}

test_a_service_without_a_budget_has_the_default_one if {
	outcome_of(for_service(scale_up, "other"), {}) == {["performance.scale_up", "allow"]}
	outcome_of(for_service(scale_up, "other"), {"estimated_cost": 600}) == {["cost.service_budget", "deny"]}
}

test_an_invalid_budget_is_not_replaced_by_the_default_one if {
	outcome_under(scale_up, {"budgets": {"checkout": {"remaining": "5000"}}}) == {["budgets.remaining", "deny"]}
	outcome_under(scale_up, {"budgets": {"checkout": null}}) == {["budgets.remaining", "deny"]}
}

test_without_any_budget_the_act_is_denied if {
	outcome(contributions_with(for_service(scale_up, "other"), json.remove(settings, ["/budgets/default"]))) == {["budgets.remaining", "deny"]}
}

test_a_missing_monthly_limit_denies if outcome(contributions_with(diagnose, json.remove(settings, ["/budgets/monthly_limit"]))) == {["budgets.monthly_limit", "deny"]}

test_a_service_without_its_settings_is_denied if {
	faults := outcome(contributions_with(for_service(scale_down, "other"), json.remove(settings, ["/services/default"])))
	faults == {["services.min_instances", "deny"], ["services.sla_seconds", "deny"]}
}

test_missing_services_deny if {
	every act in [scale_up, limit_rate, diagnose] {
		["services", "deny"] in outcome_under(act, {"services": null})
	}
}

test_an_unknown_status_denies if {
	outcome_under(scale_up, {"services": {"checkout": {"status": "Decommissioning"}}}) == {["services.status", "deny"]}
}

test_a_service_must_be_an_object if ["services.service", "deny"] in outcome_under(scale_up, {"services": {"checkout": "decommissioning"}})

test_a_tier_without_a_number_denies if {
	outcome_under(scale_up, {"tiers": {"cost": "50"}}) == {["tiers.cost", "deny"]}
	count(contributions_with(scale_up, object.union(settings, {"tiers": null}))) == 4
}
