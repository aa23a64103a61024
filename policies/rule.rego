# Builds the contribution of a rule: an effect with one sentence as the reason. Its tier is that of the rule's file.
package parley.policy.rule

allow(id, parts) := contribution(id, "allow", parts)

deny(id, parts) := contribution(id, "deny", parts)

require_approval(id, parts) := contribution(id, "require_approval", parts)

contribution(id, effect, parts) := {"id": id, "effect": effect, "reason": concat("", [text(part) | some part in parts])}

# A share as people read it, everywhere the same: 0.764 is "76.4 %".
percent(share) := concat("", [json.marshal(round(share * 1000) / 10), " %"])

# Not sprintf: a compiled policy borrows it from its host, and JavaScript does not format numbers as OPA does.
text(part) := part if is_string(part)

text(part) := json.marshal(part) if not is_string(part)
