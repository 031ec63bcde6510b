"""Threads know how long they waited for their first consultation, so that a count of them reads no post."""

from django.db import migrations, models

# A consultation is never older than its thread's publication, whatever a clock once said.
HOURS = {
    "sqlite": "MAX((strftime('%s', MIN(post.hour)) - strftime('%s', forum_thread.hour)) / 3600, 0)",
    "postgresql": "GREATEST(FLOOR(EXTRACT(EPOCH FROM MIN(post.hour) - forum_thread.hour) / 3600), 0)",
}
FILL = """
    UPDATE forum_thread SET first_reply_after = (
        SELECT {hours} FROM forum_post post WHERE post.thread_id = forum_thread.id
        AND post.kind = 'consultation' AND post.state = 'published' HAVING COUNT(*) > 0
    ) WHERE consultation_count > 0
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL.format(hours=HOURS[schema_editor.connection.vendor]))


class Migration(migrations.Migration):
    dependencies = [("forum", "0010_redaction")]

    operations = [
        migrations.AddField("thread", "first_reply_after", models.PositiveIntegerField(blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
