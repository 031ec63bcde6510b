"""Appeals: somebody asks that another moderator look at what was decided about them.

Whose it is, nobody has to know: an appeal of a text is its author's, by name or as a persona, and holds no
account. Only of a sanction, which is an account's, it leads to one.
"""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from moderation.models.decision import Decision
from moderation.models.redaction import Redaction
from moderation.models.sanction import Sanction

# What `deciders` reads.
FIRST_DECISION = (
    "decision__by",
    "redaction__asked_by",
    "redaction__decided_by",
    "sanction__by",
    "sanction__second",
)


class Appeal(models.Model):
    """No time of its own: that of its item in the queue, to the full hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    words = models.TextField(blank=True)  # gone when the author takes the text back
    # The author's, or of a redaction the first that it changed. None of a sanction.
    post = models.ForeignKey("forum.Post", models.CASCADE, null=True, related_name="appeals")
    # What it is about: one of these.
    decision = models.OneToOneField(Decision, models.CASCADE, null=True, related_name="appeal")
    redaction = models.ForeignKey(Redaction, models.CASCADE, null=True, related_name="appeals")
    sanction = models.OneToOneField(Sanction, models.CASCADE, null=True, related_name="appeal")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appeal_of_one_decision",
                condition=Q(decision__isnull=False, redaction=None, sanction=None, post__isnull=False)
                | Q(decision=None, redaction__isnull=False, sanction=None, post__isnull=False)
                | Q(decision=None, redaction=None, sanction__isnull=False, post=None),
            ),
            models.UniqueConstraint(fields=["redaction", "post"], name="one_appeal_per_redaction_and_author"),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"

    @property
    def what(self) -> str:
        """What was decided first, in words."""
        if self.sanction:
            return self.sanction.get_measure_display()
        return "Words removed" if self.redaction else "Declined"

    @property
    def reason(self) -> str:
        """The reason of that decision, as the person acted on reads it."""
        if self.sanction:
            return self.sanction.reason
        if self.redaction:
            return self.redaction.reason
        return self.decision.note if self.decision else ""

    @property
    def decided_hour(self) -> datetime | None:
        if self.redaction:
            return self.redaction.decided_hour
        first = self.sanction or self.decision
        return first.hour if first else None

    @property
    def deciders(self) -> list[models.Model]:
        """Who decided it, one or two."""
        if self.sanction:
            both = [self.sanction.by, self.sanction.second]
        elif self.redaction:
            both = [self.redaction.asked_by, self.redaction.decided_by]
        else:
            both = [self.decision.by if self.decision else None]
        return [each for each in both if each]

    @property
    def outcome(self) -> Decision | None:
        """What another moderator made of it; None while it waits."""
        return getattr(self.item, "decision", None) if hasattr(self, "item") else None
