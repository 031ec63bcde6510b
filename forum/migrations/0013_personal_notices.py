import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("forum", "0012_paging")]

    operations = [
        migrations.AlterField(
            "event",
            "post",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="forum.post",
            ),
        ),
        migrations.AlterField(
            "event",
            "happening",
            models.CharField(
                choices=[
                    ("thread", "A new thread under a tag you follow"),
                    ("reply", "A new reply"),
                    ("update", "An update: how it turned out"),
                    ("published", "Your text was published"),
                    ("returned", "A moderator returned your text with a note"),
                    ("declined", "Your text was declined, with a reason"),
                    ("closed", "A moderator closed the thread"),
                    ("reopened", "A moderator opened the thread again"),
                    ("hidden", "A moderator has hidden your thread for now, with a reason"),
                    ("shown", "Your thread can be read again"),
                    ("redacted", "A moderator removed words from your text, with a reason"),
                    ("waiting", "A text has waited long for a moderator"),
                    ("unmask", "A note about your anonymity"),
                    ("checked", "A moderator has looked up your licence"),
                    ("ended", "Your verification has ended"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            "event",
            models.CheckConstraint(
                condition=Q(post__isnull=False) ^ Q(happening__in=["checked", "ended"]),
                name="event_of_a_post_or_personal",
            ),
        ),
    ]
