"""Redactions: words that leave a published thread for good; one moderator asks, a second does it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class RedactionState(models.TextChoices):
    ASKED = "asked", "Waits for a second moderator"
    DONE = "done", "Removed"
    REFUSED = "refused", "Not removed"


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def visible_to(self, viewer) -> "RedactionQuerySet":
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.all()
        return self.none()

    def waiting(self) -> "RedactionQuerySet":
        return self.filter(state=RedactionState.ASKED).order_by("hour", "id")

    def done(self) -> "RedactionQuerySet":
        """What was taken out, for who asked to read why."""
        return self.filter(state=RedactionState.DONE).order_by("decided_hour", "id")


class Redaction(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey("forum.Thread", models.CASCADE, related_name="redactions")
    # Those that it changed.
    posts = models.ManyToManyField("forum.Post", related_name="+")
    words = models.TextField(blank=True)  # a passage on each line; gone once somebody decided
    reason = models.CharField(max_length=300, blank=True)  # the author reads it
    state = models.CharField(max_length=7, choices=RedactionState, default=RedactionState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="redactions_asked")
    hour = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="redactions_decided"
    )
    decided_hour = models.DateTimeField(null=True, blank=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(state="asked"), name="one_redaction_asked_per_thread"
            ),
            models.CheckConstraint(
                name="redaction_by_two", condition=~Q(state="done") | ~Q(asked_by=models.F("decided_by"))
            ),
            models.CheckConstraint(name="redaction_words_go", condition=Q(state="asked") | Q(words="")),
        ]

    def __str__(self) -> str:
        return f"redaction {self.pk}"

    def settle(self, state: RedactionState, *, by, hour: datetime) -> bool:
        """Decide it once; the words go. False when somebody was quicker."""
        asked = type(self).objects.waiting().filter(pk=self.pk)
        settled = {"state": state, "words": "", "decided_by": by, "decided_hour": hour}
        return bool(asked.update(**settled))
