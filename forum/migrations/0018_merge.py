import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0017_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="duplicates",
                to="forum.thread",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="happening",
            field=models.CharField(
                choices=[
                    ("thread", "A new thread under a tag you follow"),
                    ("reply", "A new reply"),
                    ("update", "An update: how it turned out"),
                    ("published", "Your text was published"),
                    ("returned", "A moderator returned your text with a note"),
                    ("declined", "Your text was declined, with a reason"),
                    ("closed", "A moderator closed the thread"),
                    ("reopened", "A moderator opened the thread again"),
                    ("merged", "A moderator merged the thread into another that asks the same"),
                    ("hidden", "What you wrote is hidden for now, with a reason"),
                    ("shown", "What you wrote can be read again"),
                    ("redacted", "A moderator removed words from your text, with a reason"),
                    ("waiting", "A text has waited long for a moderator"),
                    ("suggested", "A text in the queue is suggested to you"),
                    ("upheld", "A moderator agreed with your flag and acted on it"),
                    ("dismissed", "A moderator looked at what you flagged, and it stays"),
                    ("takenback", "What you flagged was taken back before a moderator decided"),
                    ("unmask", "A note about your anonymity"),
                    ("checked", "A moderator has looked up your licence"),
                    ("ended", "Your verification has ended"),
                    ("sanction", "Moderators have written to you"),
                    ("lifted", "Moderators let you write again"),
                    ("appeal", "Another moderator has decided about your appeal"),
                    ("answered", "Another moderator has decided about your appeal"),
                    ("unheard", "An appeal has waited long for a moderator"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="threads_merged",
            ),
        ),
    ]
