from django.db import migrations, models

import forum.models.edit


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0020_appeals_gone_with_their_thread"),
    ]

    operations = [
        migrations.AlterField(
            model_name="edit",
            name="version",
            field=models.PositiveIntegerField(default=forum.models.edit.anywhere),
        ),
    ]
