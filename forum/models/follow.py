"""Follows: a member's wish to hear of a thread or a tag."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.thread import Thread


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, account) -> "FollowQuerySet":
        return self.filter(account=account)

    def reaching(self, thread) -> "FollowQuerySet":
        """Of this thread, or of one that was merged into it."""
        merged = Thread.objects.filter(merged_into=thread)
        return self.filter(Q(thread=thread) | Q(thread__in=merged))


class Follow(models.Model):
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    thread = models.ForeignKey("forum.Thread", models.CASCADE, null=True, blank=True, related_name="follows")
    tag = models.ForeignKey("forum.Tag", models.CASCADE, null=True, blank=True, related_name="follows")

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="follow_thread_xor_tag", condition=Q(thread=None) ^ Q(tag=None)),
            models.UniqueConstraint(
                fields=["account", "thread"], condition=~Q(thread=None), name="one_follow_per_thread"
            ),
            models.UniqueConstraint(
                fields=["account", "tag"], condition=~Q(tag=None), name="one_follow_per_tag"
            ),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"
