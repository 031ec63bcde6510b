"""Items know their thread and how long nobody took them up, so that lists and counts need not read posts."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

HOURS = {
    "sqlite": "MAX((strftime('%s', decision.hour) - strftime('%s', moderation_queueitem.hour)) / 3600, 0)",
    "postgresql": "GREATEST(FLOOR(EXTRACT(EPOCH FROM decision.hour - moderation_queueitem.hour) / 3600), 0)",
}
FILL = """
    UPDATE moderation_queueitem SET
        thread_id = (SELECT thread_id FROM forum_post post WHERE post.id = moderation_queueitem.post_id),
        taken_up_after = (
            SELECT {hours} FROM moderation_decision decision WHERE decision.item_id = moderation_queueitem.id
        )
"""


def fill(apps, schema_editor):
    """Of what was decided before this, the decision is taken for the first look: older ones were not noted."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL.format(hours=HOURS[schema_editor.connection.vendor]))
        if schema_editor.connection.vendor == "postgresql":  # alters no table with keys still to check
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0010_redaction"),
        ("moderation", "0006_redaction"),
    ]

    operations = [
        migrations.AddField("queueitem", "taken_up_after", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField(
            "queueitem",
            "thread",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="queue_items",
                to="forum.thread",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "queueitem",
            "thread",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="queue_items", to="forum.thread"
            ),
        ),
        migrations.RemoveIndex("queueitem", "queue_by_kind"),
        migrations.AddIndex(
            "queueitem",
            models.Index(
                condition=Q(("decided", False)),
                fields=["kind", "-urgent", "hour", "id", "thread", "decided"],
                name="queue_by_kind",
            ),
        ),
        migrations.AddIndex(
            "queueitem", models.Index(fields=["hour", "thread", "taken_up_after"], name="queue_came_in")
        ),
        migrations.AddIndex(
            "decision", models.Index(fields=["hour", "by", "verdict"], name="decisions_by_hour")
        ),
    ]
