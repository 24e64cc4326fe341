# opa test policy; conftest verify --policy policy --data policy/settings.json
package penstock_test

import rego.v1

import data.penstock

settings := {"places": ["acme-exports"], "may_go": ["known.flow"]}

plan_of(changes) := {
	"format_version": "1.0",
	"errored": false,
	"refused": false,
	"notes": [],
	"resource_changes": changes,
}

flow(address, actions) := {
	"address": address,
	"type": "dataflow",
	"cause": "git",
	"credentials_sent": false,
	"change": {"actions": actions, "before": {"enabled": true}, "after": {"enabled": true}, "after_unknown": {}},
}

target(params) := {
	"address": "a.target",
	"type": "target_connection",
	"cause": "git",
	"credentials_sent": false,
	"change": {
		"actions": ["create"],
		"before": null,
		"after": {"base": {"entity": "s3.base"}, "params": params},
		"after_unknown": {"id": true, "base": true},
	},
}

denied(plan) := messages if messages := penstock.deny with input as plan with data.settings as settings

warned(plan) := messages if messages := penstock.warn with input as plan with data.settings as settings

test_an_empty_plan_passes if {
	count(denied(plan_of([]))) == 0
	count(warned(plan_of([]))) == 0
}

test_what_is_no_plan_is_denied if {
	count(denied({})) == 1
	count(denied({"format_version": "2.0", "resource_changes": []})) == 1
	count(denied({"format_version": "1.0", "error": {"message": "no permission"}})) == 2
}

test_refused_and_errored_plans_are_denied if {
	count(denied(object.union(plan_of([]), {"refused": true}))) == 1
	note := {"severity": "error", "code": "name-taken", "address": "a", "message": "taken"}
	count(denied(object.union(plan_of([]), {"errored": true, "notes": [note]}))) == 2
}

test_dataflows_go_only_if_listed if {
	denied(plan_of([flow("a.flow", ["delete"])])) == {"a.flow would be deleted: settings.may_go does not list it"}
	denied(plan_of([flow("a.flow", ["create", "delete"])])) == {"a.flow would be replaced: settings.may_go does not list it"}
	count(denied(plan_of([flow("known.flow", ["delete"])]))) == 0
	count(denied(plan_of([flow("a.flow", ["update"])]))) == 0
}

test_places_have_to_be_listed if {
	count(denied(plan_of([target({"bucketName": "acme-exports", "compression": "GZIP"})]))) == 0
	count(denied(plan_of([target({"bucketName": "elsewhere", "compression": "GZIP"})]))) == 1
	count(denied(plan_of([target({"container": "elsewhere", "compression": "GZIP"})]))) == 1
}

account(params, sensitive) := {
	"address": "sftp.base",
	"type": "base_connection",
	"cause": "git",
	"credentials_sent": false,
	"change": {
		"actions": ["create"],
		"before": null,
		"after": {"auth": {"params": params}},
		"after_unknown": {"id": true},
		"after_sensitive": {"auth": {"params": sensitive}},
	},
}

test_servers_have_to_be_listed if {
	count(denied(plan_of([account({"host": "acme-exports"}, {})]))) == 0
	denied(plan_of([account({"host": "sftp.example.com"}, {})])) == {"sftp.base would go to sftp.example.com: settings.places does not list it"}
	count(denied(plan_of([account({"domain": "sftp.example.com"}, {})]))) == 1
	count(denied(plan_of([account({"url": "https://acme.dfs.core.windows.net"}, {})]))) == 1
	denied(plan_of([account({"host": null}, {"host": true})])) == {"sftp.base has its place from a secret, where no policy can see it"}
}

test_files_have_to_be_compressed if {
	count(denied(plan_of([target({"bucketName": "acme-exports", "compression": "NONE"})]))) == 1
	count(warned(plan_of([target({"bucketName": "acme-exports"})]))) == 1
}

test_a_deleted_target_is_no_target if {
	deleted := object.union(target({}), {"change": {"actions": ["delete"], "after": null}})
	count(denied(plan_of([deleted]))) == 0
}

test_without_settings_nothing_is_allowed if {
	changes := [flow("known.flow", ["delete"]), target({"bucketName": "acme-exports", "compression": "GZIP"})]
	messages := penstock.deny with input as plan_of(changes) with data.settings as {}
	count(messages) == 2
}

test_a_sensitive_null_is_no_literal if {
	secrets := {"s3AccessKey": null, "s3SecretKey": null}
	marks := {"s3AccessKey": true, "s3SecretKey": true}
	sent := {"credentials_sent": true, "sent": ["s3AccessKey", "s3SecretKey"]}
	warned(plan_of([object.union(account(secrets, marks), sent)])) == {"sftp.base: sends s3AccessKey, s3SecretKey"}
	count(warned(plan_of([account({"s3AccessKey": "AKIAIOSFODNN7EXAMPLE"}, {})]))) == 1
}

test_a_connection_of_others_is_told_from_a_new_one if {
	others := object.union(target({"bucketName": "acme-exports", "compression": "GZIP"}), {"change": {"after": {"base": {"id": "b-1"}}, "after_unknown": {"base": false}}})
	warned(plan_of([others])) == {"a.target: its account is a connection of others, b-1"}
}

test_what_people_notice_is_told if {
	drifted := object.union(flow("a.flow", ["update"]), {"cause": "drift", "audit": {"updated_by": "alice"}})
	warned(plan_of([drifted])) == {"a.flow was changed in the platform by alice: apply puts back what git says"}
	gone := object.union(flow("a.flow", ["create"]), {"cause": "drift", "audit": null})
	warned(plan_of([gone])) == {"a.flow was changed in the platform by somebody: apply puts back what git says"}
	relinked := object.union(flow("a.flow", ["update"]), {"change": {"after_unknown": {"source": true}}})
	count(warned(plan_of([relinked]))) == 1
	stopped := object.union(flow("a.flow", ["update"]), {"change": {"after": {"enabled": false}}})
	warned(plan_of([stopped])) == {"a.flow stops"}
}
