from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("moderation", "0014_answers_become_appeals")]

    operations = [
        migrations.RemoveField(model_name="sanction", name="answer"),
        migrations.RemoveField(model_name="sanction", name="answer_read"),
    ]
