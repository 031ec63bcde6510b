"""Recusals: a moderator who stepped back from an item. Why, is asked nowhere."""

import uuid

from django.conf import settings
from django.db import models


class Recusal(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey("moderation.QueueItem", models.CASCADE, related_name="recusals")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recusals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "moderator"], name="one_recusal_per_item_and_moderator")
        ]

    def __str__(self) -> str:
        return f"recusal {self.pk}"
