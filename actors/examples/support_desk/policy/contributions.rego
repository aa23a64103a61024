# The entry point: what each rule says of an act. The runtime combines it into one decision; without a contribution it denies.
package parley.policy

import data.desk.inputs
import data.desk.refunds

# An act that is not described as it must be is denied: the other rules then say nothing.
contributions contains contribution if some contribution in inputs.contributions

contributions contains contribution if {
	count(inputs.contributions) == 0
	some contribution in refunds.contributions
}
