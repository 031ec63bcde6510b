from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_anonymous_shut_until")]

    operations = [
        migrations.AddField("account", "inbox_seal", models.BinaryField(editable=False, null=True)),
    ]
