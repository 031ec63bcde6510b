"""Suggestions: to which moderators an item of the queue was suggested so far. None of them is a claim."""

import uuid

from django.conf import settings
from django.db import models


class Suggestion(models.Model):
    """The latest of an item is in `QueueItem.suggested_to`, as long as it stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey("moderation.QueueItem", models.CASCADE, related_name="suggestions")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    hour = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["hour", "to"], name="suggestions_by_hour")]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"
