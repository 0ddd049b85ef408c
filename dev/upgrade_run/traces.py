"""What modules leave in a database: all that has a name, to be compared with another one."""

from __future__ import annotations

from .figures import Sql

#: Each answers with one column of names.
QUERIES = {
    "tables": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'v', 'S', 'm')",
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions": "SELECT p.oid::regprocedure::text FROM pg_proc p"
    " WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "choices": "SELECT f.model || '.' || f.name || '=' || s.value"
    " FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id",
    "constraints of modules": "SELECT name FROM ir_model_constraint",
    "relations of modules": "SELECT name FROM ir_model_relation",
    "external ids": "SELECT module || '.' || name FROM ir_model_data",
    "views": "SELECT concat_ws(' ', type, model, name, key) FROM ir_ui_view",
    "menus": "SELECT complete.name FROM (SELECT name->>'en_US' AS name FROM ir_ui_menu) complete",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "rights": "SELECT name FROM ir_model_access",
    "rules": "SELECT name FROM ir_rule",
    "crons": "SELECT cron_name FROM ir_cron",
    "sequences": "SELECT name FROM ir_sequence",
    "settings": "SELECT key FROM ir_config_parameter",
    "defaults": "SELECT f.model || '.' || f.name FROM ir_default d"
    " JOIN ir_model_fields f ON f.id = d.field_id",
    "filters": "SELECT model_id || ' ' || name FROM ir_filters",
    "job channels": "SELECT complete_name FROM queue_job_channel",
    "job functions": "SELECT name FROM queue_job_function",
    "jobs": "SELECT model_name FROM queue_job",
    "kinds of activities": "SELECT name->>'en_US' FROM mail_activity_type",
    "activities": "SELECT res_model FROM mail_activity",
    "messages": "SELECT model FROM mail_message WHERE model IS NOT NULL",
    "kinds of messages": "SELECT name->>'en_US' FROM mail_message_subtype",
    "followers": "SELECT res_model FROM mail_followers",
    "attachments": "SELECT concat_ws(' ', res_model, url) FROM ir_attachment"
    " WHERE res_model IS NOT NULL OR url IS NOT NULL",
}

Traces = dict[str, set[str]]


def traces(sql: Sql) -> Traces:
    return {title: {str(name) for (name,) in sql(query)} for title, query in QUERIES.items()}


def added(before: Traces, after: Traces) -> list[str]:
    """What `after` has and `before` had not, as "kind: name"."""
    return [
        f"{title}: {name}"
        for title, names in after.items()
        for name in sorted(names - before[title])
    ]


def missing(before: Traces, after: Traces) -> list[str]:
    return added(after, before)
