from django.db import migrations
from django.utils import timezone

from anonymity.hour import hour_of


def put_before_the_moderators(apps, schema_editor):
    """What members answered to a sanction waits for a moderator as the appeal that it now is."""
    Appeal, QueueItem, Sanction = (
        apps.get_model("moderation", name) for name in ("Appeal", "QueueItem", "Sanction")
    )
    for given in Sanction.objects.exclude(answer=""):
        appeal = Appeal.objects.create(words=given.answer, sanction=given)
        QueueItem.objects.create(kind="appeal", appeal=appeal, hour=hour_of(timezone.now()))


class Migration(migrations.Migration):
    dependencies = [("moderation", "0013_appeals")]

    operations = [migrations.RunPython(put_before_the_moderators, migrations.RunPython.noop)]
