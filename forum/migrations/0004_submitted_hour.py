from django.db import migrations, models


def by_publication(apps, schema_editor):
    """Of posts from before, the hour of publication is the nearest that is known."""
    apps.get_model("forum", "Post").objects.update(submitted_hour=models.F("hour"))


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL alters no table whose rows the same transaction changed
    dependencies = [("forum", "0003_list_indexes")]

    operations = [
        migrations.AddField("post", "submitted_hour", models.DateTimeField(null=True)),
        migrations.RunPython(by_publication, migrations.RunPython.noop),
        migrations.AlterField("post", "submitted_hour", models.DateTimeField()),
        migrations.AddIndex(
            "notice",
            models.Index(fields=["account"], name="notices_unread", condition=models.Q(("read", False))),
        ),
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["persona"], name="notices_unread_of_persona", condition=models.Q(("read", False))
            ),
        ),
    ]
