from django.db import migrations, models
from django.db.models import Max, Min

from forum.notices.reading import Reading, sealed


def seal(apps, schema_editor):
    """What an account had read: all before the first notice of its name that was unread.

    Only the vault knows its personas' notices, so of these the older count as read and the newer as unread.
    """
    Account, Notice = apps.get_model("accounts", "Account"), apps.get_model("forum", "Notice")
    newest = Notice.objects.aggregate(pk=Max("pk"))["pk"]
    if not newest:
        return
    for account in Account.objects.values_list("pk", flat=True):
        unread = Notice.objects.filter(account=account, read=False).aggregate(pk=Min("pk"))["pk"]
        reading = Reading(unread - 1 if unread else newest)
        Account.objects.filter(pk=account).update(inbox_seal=sealed(account, reading))


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_break_glass"), ("accounts", "0005_inbox_seal")]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveIndex("notice", "notices_unread"),
        migrations.RemoveIndex("notice", "notices_unread_of_persona"),
        migrations.RemoveField("notice", "read"),
        migrations.CreateModel(
            "Rewrite",
            [
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("since", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
            ],
        ),
    ]
