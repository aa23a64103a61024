package parley.policy_test

# A faulty input has contributions about its faults only.
denied_only(found, id) if {
	count(found) == 1
	[id, "deny"] in found
}

test_an_input_must_be_an_object if {
	some value in [null, true, 1, "text", [scale_up]]
	faults := outcome(contributions_with(value, settings))
	["input.action", "deny"] in faults
}

test_every_required_field_must_be_present if {
	some_missing := {path: said_without |
		some path in ["/agent_id", "/service", "/estimated_cost", "/constraints", "/arguments/instances", "/justification/utilization"]
		said_without := outcome(contributions_with(json.remove(scale_up, [path]), settings))
	}
	every path, faults in some_missing {
		denied_only(faults, concat("", ["input", replace(path, "/", ".")]))
	}
}

test_a_text_is_no_number_however_large_it_sorts if denied_only(outcome_of(scale_up, {"estimated_cost": "10"}), "input.estimated_cost")

test_null_is_no_value if denied_only(outcome_of(scale_up, {"estimated_cost": null}), "input.estimated_cost")

test_false_is_no_object if denied_only(outcome_of(scale_up, {"constraints": false}), "input.constraints")

test_a_negative_cost_is_denied if denied_only(outcome_of(scale_up, {"estimated_cost": -1}), "input.estimated_cost")

test_a_percentage_is_not_a_share if denied_only(outcome_of(scale_up, {"justification": {"utilization": 85}}), "input.justification.utilization")

test_instances_are_whole_and_bounded if {
	every value in [2.5, -1, 1000001, 1e308] {
		denied_only(outcome_of(scale_up, {"arguments": {"instances": value}}), "input.arguments.instances")
	}
}

test_a_flag_must_be_a_boolean if denied_only(outcome_of(scale_up, {"affects_user_data": "false"}), "input.affects_user_data")

test_a_name_must_not_be_empty if {
	every field in ["agent", "agent_id", "on_behalf_of"] {
		denied_only(outcome_of(scale_up, {field: ""}), concat(".", ["input", field]))
	}
}

test_the_former_field_agent_names_the_agent if {
	former := object.union(json.remove(scale_up, ["/agent_id"]), {"agent": "resource/checkout"})
	outcome(contributions_with(former, settings)) == outcome(contributions_with(scale_up, settings))
}

test_agent_and_agent_id_must_be_equal if {
	outcome_of(scale_up, {"agent": scale_up.agent_id}) == outcome(contributions_with(scale_up, settings))
	denied_only(outcome_of(scale_up, {"agent": "admin"}), "input.agent")
}

test_an_unknown_action_is_denied if denied_only(outcome_of(scale_up, {"action": "delete_everything"}), "input.action")

test_the_resource_must_be_of_the_service if denied_only(outcome_of(scale_up, {"resource": "service/search"}), "input.resource")

test_the_arguments_must_be_for_the_service if denied_only(outcome_of(scale_up, {"arguments": {"service": "search"}}), "input.arguments.service")

test_durations_are_parsed if {
	every text in ["1_minute", "15_minutes", "1_hour", "48_hours"] {
		outcome_of(scale_up, {"constraints": {"response_time_sla": text}}) == {["performance.scale_up", "allow"]}
	}
	every text in ["soon", "15", "_minutes", "0_minutes", "-5_minutes", "1.5_hours", "15_minutes_", "1e3_minutes", "9999999_hours"] {
		denied_only(outcome_of(scale_up, {"constraints": {"response_time_sla": text}}), "input.constraints.response_time_sla")
	}
}

test_faults_outrank_every_tier if {
	raised := object.union(settings, {"tiers": {"performance": 1000}})
	every one in contributions_with(object.remove(scale_up, ["service"]), raised) {
		one.tier == 1000
	}
}
