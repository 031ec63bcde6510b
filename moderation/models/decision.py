"""Decisions: what a moderator made of an item, about which version of its text."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class Verdict(models.TextChoices):
    PUBLISH = "publish", "Published"
    RETURN = "return", "Returned with a note"
    DECLINE = "decline", "Declined"
    PROPOSE = "propose", "Returned with changes to agree to"
    UPHOLD = "uphold", "Upheld"  # of flags
    DISMISS = "dismiss", "Dismissed"
    STAND = "stand", "Decision stands"  # of appeals
    GRANT = "grant", "Appeal granted"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def before(self, item: Any) -> "DecisionQuerySet":
        """What was decided of the same kind about the same text, and appeals of that; the latest first."""
        of_kind = Q(item__kind=item.kind)
        granted = Q(verdict=Verdict.GRANT, item__appeal__decision__item__kind=item.kind)
        made = self.filter(of_kind | granted, item__post=item.post_id).exclude(item=item)
        if item.decided:
            made = made.filter(pk__lt=item.decision.pk) if hasattr(item, "decision") else made.none()
        return made.select_related("by").order_by("-pk")


class Decision(models.Model):
    item = models.OneToOneField("moderation.QueueItem", models.CASCADE, related_name="decision")
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    hour = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        # How many each moderator decided within some days, without reading the table.
        indexes = [models.Index(fields=["hour", "by", "verdict"], name="decisions_by_hour")]

    def __str__(self) -> str:
        return f"decision on {self.item_id}"
