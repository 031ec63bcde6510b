from django.db import migrations, models
from django.db.models import F


def forget_zones_that_nobody_chose(apps, schema_editor):
    """Every account got settings in UTC before the first notice was mailed; without quiet hours it meant nothing."""
    rows = apps.get_model("forum", "NoticeSettings").objects.using(schema_editor.connection.alias)
    rows.filter(zone="UTC", quiet_from=F("quiet_to")).update(zone="")


def count_them_as_utc(apps, schema_editor):
    rows = apps.get_model("forum", "NoticeSettings").objects.using(schema_editor.connection.alias)
    rows.filter(zone="").update(zone="UTC")


class Migration(migrations.Migration):
    dependencies = [("forum", "0026_not_agreed")]

    operations = [
        migrations.AlterField("digest", "zone", models.CharField(blank=True, max_length=64)),
        migrations.AlterField("noticesettings", "zone", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(forget_zones_that_nobody_chose, count_them_as_utc),
    ]
