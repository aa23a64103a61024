# How rules speak: an effect and one sentence. Their tier is that of their file.
package parley.policy.say

allow(id, parts) := says(id, "allow", parts)

deny(id, parts) := says(id, "deny", parts)

require_approval(id, parts) := says(id, "require_approval", parts)

says(id, effect, parts) := {"id": id, "effect": effect, "reason": concat("", [shown(part) | some part in parts])}

# Not sprintf: a compiled policy borrows it from its host, and JavaScript does not format numbers as OPA does.
shown(part) := part if is_string(part)

shown(part) := json.marshal(part) if not is_string(part)
