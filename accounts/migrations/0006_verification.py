import uuid
from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

YEAR = timedelta(days=365)
BATCH = 1000


def keep_the_verified(apps, schema_editor):
    """Who was a verified clinician so far is one for a year more, and is then checked again like everybody."""
    Account = apps.get_model("accounts", "Account")
    Verification = apps.get_model("accounts", "Verification")
    now = timezone.now()
    day = now.date()
    verified = Account.objects.filter(is_verified=True)
    practised = Account.disciplines.through.objects.filter(account__in=verified)
    rows = [
        Verification(
            account_id=account,
            discipline_id=tag,
            hour=now.replace(minute=0, second=0, microsecond=0),
            checked_on=day,
            result="active",
            valid_until=day + YEAR,
        )
        for account, tag in practised.values_list("account", "tag").iterator()
    ]
    Verification.objects.bulk_create(rows, batch_size=BATCH)
    verified.update(verified_until=day + YEAR)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_inbox_seal"), ("forum", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("board", models.CharField(max_length=120)),
                ("licence_type", models.CharField(blank=True, max_length=60)),
                ("again", models.BooleanField(default=False)),
                ("hour", models.DateTimeField()),
                ("held_until", models.DateTimeField(null=True)),
                ("checked_on", models.DateField(null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("active", "Active"),
                            ("supervised", "active under supervision"),
                            ("lapsed", "Lapsed"),
                            ("not-found", "not found"),
                        ],
                        max_length=10,
                    ),
                ),
                ("valid_until", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "discipline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.tag"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.tag",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "verification",
            models.Index(condition=Q(checked_on=None), fields=["hour", "id"], name="verifications_waiting"),
        ),
        migrations.AddIndex(
            "verification",
            models.Index(
                condition=Q(valid_until__isnull=False), fields=["valid_until"], name="verifications_in_force"
            ),
        ),
        migrations.AddConstraint(
            "verification",
            models.CheckConstraint(
                condition=Q(checked_on=None) ^ ~Q(result=""), name="verification_checked_with_a_result"
            ),
        ),
        migrations.AddConstraint(
            "verification",
            models.UniqueConstraint(
                condition=Q(checked_on=None),
                fields=["account", "discipline"],
                name="one_waiting_verification_per_discipline",
            ),
        ),
        migrations.AddField("account", "verified_until", models.DateField(editable=False, null=True)),
        migrations.RunPython(keep_the_verified, migrations.RunPython.noop),
        migrations.RemoveField("account", "is_verified"),
        migrations.AddIndex("account", models.Index(fields=["display_name", "id"], name="accounts_by_name")),
    ]
