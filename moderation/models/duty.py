"""Duty: whether and how much a moderator takes on, and the days on which they are away."""

import uuid
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

USUALLY_AT_MOST = 8


class Duty(models.Model):
    """A moderator without one is on duty, with the usual load."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty")
    on_duty = models.BooleanField(default=True)
    at_most = models.PositiveSmallIntegerField(
        default=USUALLY_AT_MOST, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )  # texts that wait and are suggested to them
    topics = models.ManyToManyField(
        "forum.Tag", blank=True, related_name="+", limit_choices_to={"facet": "topic"}
    )

    def __str__(self) -> str:
        return f"duty of account {self.account_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def during(self, first: date, last: date) -> "AbsenceQuerySet":
        """Those with a day among these."""
        return self.filter(first__lte=last, last__gte=first)

    def in_order(self) -> "AbsenceQuerySet":
        return self.order_by("first", "last", "account__display_name", "id")


class Absence(models.Model):
    """From the first to the last day, by UTC, both included."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    first = models.DateField()
    last = models.DateField()
    # The colleague to whom is suggested meanwhile what would be to them.
    cover = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_ends_after_it_begins", condition=Q(last__gte=F("first")))
        ]
        indexes = [models.Index(fields=["last", "first"], name="absences_by_day")]

    def __str__(self) -> str:
        return f"absence {self.pk}"
