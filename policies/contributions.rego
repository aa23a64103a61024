# The entry point: what every rule says of an act, as one set. A set cannot contradict itself: rules that differ are both
# in it, and which of them decides is drawn outside (runtime/policy/draw-decision.ts).
package parley.policy

import data.parley.policy.compliance
import data.parley.policy.cost
import data.parley.policy.inputs
import data.parley.policy.performance
import data.parley.policy.safety
import data.parley.policy.settings

# Nothing is said of an act that is not fully described, nor where a threshold is missing: but that it is denied, and why.
faults := inputs.contributions if {
	count(inputs.contributions) > 0
} else := settings.contributions

contributions contains object.union(said, {"tier": settings.highest_tier}) if some said in faults

by_tier := {
	"safety": safety.contributions,
	"compliance": compliance.contributions,
	"cost": cost.contributions,
	"performance": performance.contributions,
}

contributions contains object.union(said, {"tier": settings.tier(name)}) if {
	count(faults) == 0
	some name, all in by_tier
	some said in all
}
