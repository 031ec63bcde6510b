"""The chain of seals over audit events, its head, and triggers that refuse to change a sealed row.

A later migration that makes SQLite rebuild moderation_auditevent has to create the triggers again. What the
nightly rewrite does on PostgreSQL, the same row written anew, changes no column.
"""

from django.db import migrations, models

REFUSED = "The record of what moderators did only grows."
SQLITE = [
    f"""
    CREATE TRIGGER moderation_auditevent_kept BEFORE DELETE ON moderation_auditevent
    WHEN old.mac IS NOT NULL BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
    f"""
    CREATE TRIGGER moderation_auditevent_unchanged BEFORE UPDATE ON moderation_auditevent
    WHEN old.mac IS NOT NULL BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
]
UNDO_SQLITE = ["DROP TRIGGER moderation_auditevent_kept", "DROP TRIGGER moderation_auditevent_unchanged"]
POSTGRESQL = [
    f"""
    CREATE OR REPLACE FUNCTION moderation_auditevent_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
    """,
    """
    CREATE TRIGGER moderation_auditevent_kept BEFORE DELETE ON moderation_auditevent FOR EACH ROW
    WHEN (old.mac IS NOT NULL) EXECUTE FUNCTION moderation_auditevent_refuse()
    """,
    """
    CREATE TRIGGER moderation_auditevent_unchanged BEFORE UPDATE ON moderation_auditevent FOR EACH ROW
    WHEN (old.mac IS NOT NULL AND old.* IS DISTINCT FROM new.*)
    EXECUTE FUNCTION moderation_auditevent_refuse()
    """,
    """
    CREATE TRIGGER moderation_auditevent_not_emptied BEFORE TRUNCATE ON moderation_auditevent
    EXECUTE FUNCTION moderation_auditevent_refuse()
    """,
]
UNDO_POSTGRESQL = [
    "DROP TRIGGER moderation_auditevent_kept ON moderation_auditevent",
    "DROP TRIGGER moderation_auditevent_unchanged ON moderation_auditevent",
    "DROP TRIGGER moderation_auditevent_not_emptied ON moderation_auditevent",
    "DROP FUNCTION moderation_auditevent_refuse",
]


def run(sqlite, postgresql):
    def apply(apps, schema_editor):
        for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("moderation", "0004_queue_filters")]

    operations = [
        migrations.CreateModel(
            "AuditHead",
            [
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("mac", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField("auditevent", "mac", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("auditevent", "prev", models.BinaryField(max_length=32, null=True)),
        migrations.AddIndex("auditevent", models.Index(fields=["kind", "seq"], name="events_of_a_kind")),
        migrations.AddIndex("auditevent", models.Index(fields=["by", "seq"], name="events_by")),
        migrations.RunPython(run(SQLITE, POSTGRESQL), run(UNDO_SQLITE, UNDO_POSTGRESQL)),
    ]
