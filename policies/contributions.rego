# The entry point: the contributions of all rules to the judgement of an act, as one set. A set cannot contradict itself: rules
# that differ are both in it. The runtime combines them into one decision (runtime/policy/combine.ts).
package parley.policy

import data.parley.policy.compliance
import data.parley.policy.cost
import data.parley.policy.inputs
import data.parley.policy.performance
import data.parley.policy.safety
import data.parley.policy.settings

# An incomplete input or a missing setting denies the act: the other rules then contribute nothing.
faults := inputs.contributions if {
	count(inputs.contributions) > 0
} else := settings.contributions

contributions contains object.union(contribution, {"tier": settings.highest_tier}) if some contribution in faults

by_tier := {
	"safety": safety.contributions,
	"compliance": compliance.contributions,
	"cost": cost.contributions,
	"performance": performance.contributions,
}

contributions contains object.union(contribution, {"tier": settings.tier(name)}) if {
	count(faults) == 0
	some name, all in by_tier
	some contribution in all
}
