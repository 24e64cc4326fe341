# What a plan of penstock may do. Rego v1: OPA 0.59 or later, conftest with such an OPA.
#
#   penstock plan --json >plan.json      (or: penstock show saved-plan.json --json >plan.json)
#   conftest test --namespace penstock --policy policy --data policy/settings.json plan.json
#   opa eval --fail-defined --input plan.json --data policy 'data.penstock.deny[message]'
#
# `penstock schema plan` describes the input. settings.json says what is allowed; without it nothing
# is.
package penstock

import rego.v1

# A run that failed prints a document without changes: nothing in it is a reason to let it pass.
is_plan if {
	startswith(input.format_version, "1.")
	is_array(input.resource_changes)
}

deny contains "this is no plan of a format that the policy knows" if not is_plan

deny contains message if {
	message := sprintf("penstock came to no plan: %s", [input.error.message])
}

# -- the plan as a whole

deny contains "a guard of penstock.yaml refuses the plan" if input.refused

deny contains "the plan is not complete: see its notes" if input.errored

deny contains message if {
	some note in input.notes
	note.severity == "error"
	message := sprintf("%s: %s [%s]", [note.address, note.message, note.code])
}

warn contains message if {
	some note in input.notes
	note.severity == "warning"
	message := sprintf("%s: %s [%s]", [note.address, note.message, note.code])
}

# -- exports that go

# A replacement is ["create", "delete"]: a new dataflow starts with everything.
deny contains message if {
	some change in input.resource_changes
	change.type == "dataflow"
	"delete" in change.change.actions
	not may_go(change.address)
	message := sprintf("%s would be %s: settings.may_go does not list it", [change.address, verb(change)])
}

may_go(address) if address in data.settings.may_go

verb(change) := "replaced" if "create" in change.change.actions

verb(change) := "deleted" if not "create" in change.change.actions

# -- where files go, and in which form

# A deleted entity has no `after`, so none of these applies to it. Buckets and containers stand in
# targets, servers in accounts.
goes_to contains {"address": change.address, "place": change.change.after.params.bucketName} if {
	some change in input.resource_changes
	change.type == "target_connection"
}

goes_to contains {"address": change.address, "place": change.change.after.params.container} if {
	some change in input.resource_changes
	change.type == "target_connection"
}

goes_to contains {"address": change.address, "place": change.change.after.auth.params.host} if {
	some change in input.resource_changes
	change.type == "base_connection"
}

goes_to contains {"address": change.address, "place": change.change.after.auth.params.domain} if {
	some change in input.resource_changes
	change.type == "base_connection"
}

goes_to contains {"address": change.address, "place": change.change.after.auth.params.url} if {
	some change in input.resource_changes
	change.type == "base_connection"
}

# Negated as a rule of its own: an expression that calls a function on something undefined is itself
# undefined, negated or not, and would let everything pass where there are no settings.
allowed(place) if place in data.settings.places

deny contains message if {
	some target in goes_to
	is_string(target.place)
	not allowed(target.place)
	message := sprintf("%s would go to %s: settings.places does not list it", [target.address, target.place])
}

# A value that is kept elsewhere is null in `after`, and true in `after_sensitive`.
deny contains message if {
	some target in goes_to
	is_null(target.place)
	message := sprintf("%s has its place from a secret, where no policy can see it", [target.address])
}

deny contains message if {
	some change in input.resource_changes
	change.type == "target_connection"
	change.change.after.params.compression == "NONE"
	message := sprintf("%s would write files without compression", [change.address])
}

# Older destinations have no such parameter.
warn contains message if {
	some change in input.resource_changes
	change.type == "target_connection"
	is_object(change.change.after.params)
	not change.change.after.params.compression
	message := sprintf("%s writes to a destination that compresses nothing", [change.address])
}

# -- credentials

warn contains message if {
	some change in input.resource_changes
	change.credentials_sent
	message := sprintf("%s: sends %s", [change.address, concat(", ", change.sent)])
}

# Null alone says nothing about a value that is kept elsewhere, so a policy asks for the mark.
warn contains message if {
	some change in input.resource_changes
	change.type == "base_connection"
	is_string(change.change.after.auth.params.s3AccessKey)
	not change.change.after_sensitive.auth.params.s3AccessKey
	message := sprintf("%s: s3AccessKey stands in the manifest; a reference keeps it elsewhere", [change.address])
}

# Others own a base connection that is named by its id. One of the project that is yet to be made
# has no id either, but an `entity`, and `after_unknown` says so.
warn contains message if {
	some change in input.resource_changes
	change.type == "target_connection"
	not change.change.after_unknown.base
	message := sprintf("%s: its account is a connection of others, %s", [change.address, change.change.after.base.id])
}

# -- what people will notice

# A source that only apply will know is a new one.
warn contains message if {
	some change in input.resource_changes
	change.type == "dataflow"
	change.change.actions == ["update"]
	change.change.after_unknown.source
	message := sprintf("%s gets a new source connection and may export everything again", [change.address])
}

warn contains message if {
	some change in input.resource_changes
	change.type == "dataflow"
	change.change.before.enabled
	change.change.after.enabled == false
	message := sprintf("%s stops", [change.address])
}

warn contains message if {
	some change in input.resource_changes
	change.cause in {"drift", "both"}
	message := sprintf("%s was changed in the platform by %s: apply puts back what git says", [change.address, who(change)])
}

# An entity that is gone has no `audit`.
has_user(change) if is_string(change.audit.updated_by)

who(change) := change.audit.updated_by if has_user(change)

who(change) := "somebody" if not has_user(change)
