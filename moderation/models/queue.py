"""The queue: what waits for a moderator's decision, and who is reading it now."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    def visible_to(self, viewer) -> "QueueItemQuerySet":
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.all()
        return self.none()

    def waiting(self) -> "QueueItemQuerySet":
        return self.filter(decided=False)

    def claimable(self, *, by, now: datetime) -> "QueueItemQuerySet":
        """Waiting items that nobody else is reading at `now`."""
        return self.waiting().filter(
            Q(holder=None) | Q(holder=by) | Q(held_until__isnull=True) | Q(held_until__lte=now)
        )


class QueueItem(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="queue_items")
    kind = models.CharField(max_length=13)  # the post's, copied for the list and its filters
    urgent = models.BooleanField(default=False)
    hour = models.DateTimeField()  # when it came in
    decided = models.BooleanField(default=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="held_items"
    )
    held_until = models.DateTimeField(null=True, blank=True)

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(decided=False), name="one_waiting_item_per_post"
            )
        ]
        indexes = [
            models.Index(fields=["-urgent", "hour", "id"], name="queue_in_order", condition=Q(decided=False)),
        ]

    def __str__(self) -> str:
        return f"queue item {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:item", args=[self.pk])

    def holder_at(self, now: datetime):
        """Who reads it at `now`, or None."""
        return self.holder if self.held_until and self.held_until > now else None
