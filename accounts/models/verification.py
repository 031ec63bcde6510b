"""Verifications: which board a moderator asked about a member, on which day, and what it said.

No licence number, no document and no picture is kept: only what a colleague needs to repeat the look-up.
"""

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models.holding import Held, free_for


class Result(models.TextChoices):
    ACTIVE = "active"
    SUPERVISED = "supervised", "active under supervision"
    LAPSED = "lapsed"
    NOT_FOUND = "not-found", "not found"


COUNTS = (Result.ACTIVE, Result.SUPERVISED)  # makes a verified clinician


class VerificationQuerySet(models.QuerySet["Verification"]):
    def waiting(self) -> "VerificationQuerySet":
        return self.filter(checked_on=None)

    def to_look_up(self) -> "VerificationQuerySet":
        """Waiting ones, but for members who have left or been locked."""
        return self.waiting().filter(account__is_active=True)

    def done(self) -> "VerificationQuerySet":
        return self.exclude(checked_on=None)

    def latest_first(self) -> "VerificationQuerySet":
        """Of one day, what counts before what it took the place of."""
        return self.order_by("-checked_on", F("valid_until").desc(nulls_last=True), "id")

    def in_force(self, day: date) -> "VerificationQuerySet":
        return self.filter(valid_until__gte=day)

    def claimable(self, *, by, now: datetime) -> "VerificationQuerySet":
        """Waiting ones that nobody else is checking at `now`."""
        return self.waiting().filter(free_for(by, now))


class Verification(Held, models.Model):
    """Waits until it is checked. `valid_until` is set while it counts, and taken away by the next check."""

    kind = "licence"  # as the list of all that waits names it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="verifications")
    discipline = models.ForeignKey("forum.Tag", models.PROTECT, related_name="+")
    jurisdiction = models.ForeignKey("forum.Tag", models.PROTECT, null=True, related_name="+")
    board = models.CharField(max_length=120)
    licence_type = models.CharField(max_length=60, blank=True)
    again = models.BooleanField(default=False)  # the yearly check, which nobody asked for
    hour = models.DateTimeField()  # since when it waits, or has waited
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)
    checked_on = models.DateField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField(null=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_checked_with_a_result", condition=Q(checked_on=None) ^ ~Q(result="")
            ),
            models.UniqueConstraint(
                fields=["account", "discipline"],
                condition=Q(checked_on=None),
                name="one_waiting_verification_per_discipline",
            ),
        ]
        indexes = [
            models.Index(fields=["hour", "id"], name="verifications_waiting", condition=Q(checked_on=None)),
            models.Index(
                fields=["valid_until"], name="verifications_in_force", condition=Q(valid_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"verification {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:verification", args=[self.pk])
