package desk.refunds_test

import data.parley.policy

refund := {
	"action": "refund",
	"agent_id": "billing/ann",
	"on_behalf_of": "triage/ann",
	"resource": "order/ann/9",
	"arguments": {"customer": "ann", "order": 9, "cents": 2000, "ticket": "t1"},
	"paid": 22500,
	"refunded_before": 0,
	"refunded_this_month": 0,
	"constraints": {},
}

limits := {"free_up_to": 5000, "most": 20000, "most_in_a_month": 30000}

effects(act) := found if {
	found := {[one.id, one.effect] | some one in policy.contributions} with input as act with data.limits as limits
}

of(cents) := object.union(refund, {"arguments": {"cents": cents}})

test_a_small_refund_is_allowed if effects(of(5000)) == {["refunds.small", "allow"]}

test_a_large_refund_needs_an_approval if effects(of(5001)) == {["refunds.large", "require_approval"]}

test_more_than_the_limit_is_denied if effects(of(20001)) == {["refunds.most", "deny"]}

test_more_than_was_paid_is_denied if {
	["refunds.paid", "deny"] in effects(object.union(refund, {"paid": 1999}))
	["refunds.paid", "deny"] in effects(object.union(refund, {"refunded_before": 20501}))
}

test_much_within_a_month_needs_an_approval if {
	["refunds.month", "require_approval"] in effects(object.union(refund, {"refunded_this_month": 28001}))
}

test_an_incomplete_act_is_denied if {
	effects(json.remove(refund, ["/paid"])) == {["input.paid", "deny"]}
	effects(json.remove(refund, ["/arguments/customer"])) == {["input.arguments", "deny"]}
	effects(json.remove(refund, ["/arguments/order"])) == {["input.arguments", "deny"]}
	effects(of("10")) == {["input.arguments.cents", "deny"]}
	effects(object.union(refund, {"action": "gift"})) == {["input.action", "deny"]}
	effects(object.union(refund, {"resource": "order/bob/9"})) == {["input.resource", "deny"]}
	effects(object.union(refund, {"agent_id": "billing/bob"})) == {["input.agent", "deny"]}
	effects(object.union(refund, {"on_behalf_of": "client/x"})) == {["input.agent", "deny"]}
}

test_a_missing_limit_denies if {
	found := {one.id | some one in policy.contributions} with input as refund with data.limits as {}
	found == {"input.limits"}
}
