package parley.policy_test

# What is wrong with an input is all that is said of it.
denied_only(found, id) if {
	count(found) == 1
	[id, "deny"] in found
}

test_an_input_that_is_no_object if {
	some value in [null, true, 1, "text", [scale_up]]
	faults := outcome(said_with(value, settings))
	["input.action", "deny"] in faults
}

test_every_field_that_rules_rely_on_must_be_there if {
	some_missing := {path: said_without |
		some path in ["/agent_id", "/service", "/estimated_cost", "/constraints", "/arguments/instances", "/justification/utilization"]
		said_without := outcome(said_with(json.remove(scale_up, [path]), settings))
	}
	every path, faults in some_missing {
		denied_only(faults, concat("", ["input", replace(path, "/", ".")]))
	}
}

test_a_text_is_no_number_however_large_it_sorts if denied_only(outcome_of(scale_up, {"estimated_cost": "10"}), "input.estimated_cost")

test_null_is_no_value if denied_only(outcome_of(scale_up, {"estimated_cost": null}), "input.estimated_cost")

test_false_is_no_object if denied_only(outcome_of(scale_up, {"constraints": false}), "input.constraints")

test_a_cost_below_nothing if denied_only(outcome_of(scale_up, {"estimated_cost": -1}), "input.estimated_cost")

test_percent_are_no_share if denied_only(outcome_of(scale_up, {"justification": {"utilization": 85}}), "input.justification.utilization")

test_instances_are_whole_and_not_without_end if {
	every value in [2.5, -1, 1000001, 1e308] {
		denied_only(outcome_of(scale_up, {"arguments": {"instances": value}}), "input.arguments.instances")
	}
}

test_a_flag_that_is_a_text if denied_only(outcome_of(scale_up, {"affects_user_data": "false"}), "input.affects_user_data")

test_a_name_that_is_empty if {
	every field in ["agent", "agent_id", "on_behalf_of"] {
		denied_only(outcome_of(scale_up, {field: ""}), concat(".", ["input", field]))
	}
}

test_who_acts_under_its_former_name if {
	former := object.union(json.remove(scale_up, ["/agent_id"]), {"agent": "resource/checkout"})
	outcome(said_with(former, settings)) == outcome(said_with(scale_up, settings))
}

test_two_names_for_who_acts_are_one_agent if {
	outcome_of(scale_up, {"agent": scale_up.agent_id}) == outcome(said_with(scale_up, settings))
	denied_only(outcome_of(scale_up, {"agent": "admin"}), "input.agent")
}

test_an_action_that_no_rule_knows if denied_only(outcome_of(scale_up, {"action": "delete_everything"}), "input.action")

test_a_resource_of_another_service if denied_only(outcome_of(scale_up, {"resource": "service/search"}), "input.resource")

test_arguments_for_another_service if denied_only(outcome_of(scale_up, {"arguments": {"service": "search"}}), "input.arguments.service")

test_durations_as_the_article_writes_them if {
	every text in ["1_minute", "15_minutes", "1_hour", "48_hours"] {
		outcome_of(scale_up, {"constraints": {"response_time_sla": text}}) == {["performance.scale_up", "allow"]}
	}
	every text in ["soon", "15", "_minutes", "0_minutes", "-5_minutes", "1.5_hours", "15_minutes_", "1e3_minutes", "9999999_hours"] {
		denied_only(outcome_of(scale_up, {"constraints": {"response_time_sla": text}}), "input.constraints.response_time_sla")
	}
}

test_faults_outrank_every_tier if {
	raised := object.union(settings, {"tiers": {"performance": 1000}})
	every one in said_with(object.remove(scale_up, ["service"]), raised) {
		one.tier == 1000
	}
}
