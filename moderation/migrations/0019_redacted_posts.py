from django.db import migrations, models


def by_the_hour_in_which_their_authors_were_told(apps, schema_editor):
    Redaction, Event = apps.get_model("moderation", "Redaction"), apps.get_model("forum", "Event")
    for done in Redaction.objects.filter(state="done"):
        told = Event.objects.filter(
            happening="redacted", hour=done.decided_hour, post__thread=done.thread_id
        )
        done.posts.set(set(told.values_list("post", flat=True)))


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0020_appeals_gone_with_their_thread'),
        ('moderation', '0018_edits'),
    ]

    operations = [
        migrations.AddField(
            model_name='redaction',
            name='posts',
            field=models.ManyToManyField(related_name='+', to='forum.post'),
        ),
        migrations.RunPython(by_the_hour_in_which_their_authors_were_told, migrations.RunPython.noop),
    ]
