"""Sanctions: what moderators say to a member about their conduct, and what keeps one from writing for a time.

They are an account's and reach its name alone: that an anonymous author fell silent with them would tell who
it is, so nothing here knows of personas, and nothing that a persona does asks here.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Measure(models.TextChoices):
    NOTE = "note", "A note"
    WARNING = "warning", "A warning"
    PAUSE = "pause", "A pause from writing"
    SUSPENSION = "suspension"


KEEPS_FROM_WRITING = (Measure.PAUSE, Measure.SUSPENSION)


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def given(self) -> "SanctionQuerySet":
        """Those that took effect, ever: what their member reads."""
        return self.filter(agreed=True)

    def waiting(self) -> "SanctionQuerySet":
        """For the yes or no of a second moderator."""
        return self.filter(agreed=None)

    def in_force(self, now: datetime) -> "SanctionQuerySet":
        return self.given().filter(lifted_hour=None, until__gt=now)


class Sanction(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sanctions")
    measure = models.CharField(max_length=10, choices=Measure)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    hour = models.DateTimeField()  # of giving it, or of asking a second moderator
    hours = models.PositiveSmallIntegerField(null=True)  # how long it keeps from writing
    agreed = models.BooleanField(null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)  # a full hour, once it is in force
    lifted_hour = models.DateTimeField(null=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suspension_by_two",
                condition=~Q(measure=Measure.SUSPENSION) | ~Q(agreed=True) | Q(second__isnull=False),
            ),
            models.CheckConstraint(name="sanction_seconded_by_another", condition=~Q(second=F("by"))),
            models.CheckConstraint(
                name="sanction_with_its_length",
                condition=Q(measure__in=KEEPS_FROM_WRITING) ^ Q(hours__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(agreed=None), name="one_suspension_asked_per_account"
            ),
        ]
        indexes = [models.Index(fields=["account", "until"], name="sanctions_of_account")]

    def __str__(self) -> str:
        return f"sanction {self.pk}"

    def in_force_at(self, now: datetime) -> bool:
        return bool(self.agreed and self.lifted_hour is None and self.until and self.until > now)
