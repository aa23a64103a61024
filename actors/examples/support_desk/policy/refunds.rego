# How much the desk pays back: small amounts by itself, larger ones with an approval, and never more than was paid.
package desk.refunds

cents := input.arguments.cents

contributions contains {"id": "refunds.small", "tier": 50, "effect": "allow", "reason": "it is small enough to be paid back at once"} if {
	cents <= data.limits.free_up_to
}

contributions contains {"id": "refunds.large", "tier": 50, "effect": "require_approval", "reason": "a person must approve so much"} if {
	cents > data.limits.free_up_to
	cents <= data.limits.most
}

contributions contains {"id": "refunds.most", "tier": 50, "effect": "deny", "reason": "it is more than the desk may pay back"} if {
	cents > data.limits.most
}

contributions contains {"id": "refunds.month", "tier": 50, "effect": "require_approval", "reason": "the customer has got much back within a month"} if {
	input.refunded_this_month + cents > data.limits.most_in_a_month
}

contributions contains {"id": "refunds.paid", "tier": 100, "effect": "deny", "reason": "it is more than is left of what was paid for the order"} if {
	input.refunded_before + cents > input.paid
}
