"""Decisions: what a moderator made of an item, about which version of its text."""

from django.conf import settings
from django.db import models


class Verdict(models.TextChoices):
    PUBLISH = "publish", "Published"
    RETURN = "return", "Returned with a note"
    DECLINE = "decline", "Declined"
    PROPOSE = "propose", "Returned with changes to agree to"
    UPHOLD = "uphold", "Upheld"  # of flags
    DISMISS = "dismiss", "Dismissed"
    STAND = "stand", "Decision stands"  # of appeals
    GRANT = "grant", "Appeal granted"


class Decision(models.Model):
    item = models.OneToOneField("moderation.QueueItem", models.CASCADE, related_name="decision")
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    hour = models.DateTimeField()

    class Meta:
        # How many each moderator decided within some days, without reading the table.
        indexes = [models.Index(fields=["hour", "by", "verdict"], name="decisions_by_hour")]

    def __str__(self) -> str:
        return f"decision on {self.item_id}"
