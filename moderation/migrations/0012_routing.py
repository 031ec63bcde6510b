import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0016_routing"),
        ("moderation", "0011_flags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("first", models.DateField()),
                ("last", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on_duty", models.BooleanField(default=True)),
                (
                    "at_most",
                    models.PositiveSmallIntegerField(
                        default=8,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("hour", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="queueitem",
            name="suggested_hour",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="suggested_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("decided", False), ("suggested_to__isnull", False)),
                fields=["suggested_to"],
                name="queue_suggested",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="cover",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="duty", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="topics",
            field=models.ManyToManyField(
                blank=True, limit_choices_to={"facet": "topic"}, related_name="+", to="forum.tag"
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="suggestions",
                to="moderation.queueitem",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["last", "first"], name="absences_by_day"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="absence_ends_after_it_begins"
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["hour", "to"], name="suggestions_by_hour"),
        ),
    ]
