"""Follows: a member's wish to hear of a thread or a tag."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.thread import Thread
from forum.states import READABLE

SHOWN_OF_THREAD = ("thread__title", "thread__public_id", "thread__slug")
SHOWN_OF_TAG = ("tag__name", "tag__short_name", "tag__facet", "tag__slug")


class Level(models.TextChoices):
    """Of how much a follower hears."""

    WATCH = "watch", "Watch"
    FOLLOW = "follow", "Follow"
    MUTE = "mute", "Mute"


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, account) -> "FollowQuerySet":
        return self.filter(account=account)

    def reaching(self, thread) -> "FollowQuerySet":
        """Of this thread, or of one that was merged into it."""
        merged = Thread.objects.filter(merged_into=thread)
        return self.filter(Q(thread=thread) | Q(thread__in=merged))

    def heard(self) -> "FollowQuerySet":
        return self.exclude(level=Level.MUTE)

    def watched(self) -> "FollowQuerySet":
        return self.filter(level=Level.WATCH)

    def shown(self) -> "FollowQuerySet":
        """With what they are of, as far as it can be read."""
        readable = Q(thread=None) | Q(thread__state__in=READABLE)
        shown = self.filter(readable).select_related("thread", "tag")
        return shown.only("level", *SHOWN_OF_THREAD, *SHOWN_OF_TAG)


class Follow(models.Model):
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    thread = models.ForeignKey("forum.Thread", models.CASCADE, null=True, blank=True, related_name="follows")
    tag = models.ForeignKey("forum.Tag", models.CASCADE, null=True, blank=True, related_name="follows")

    level = models.CharField(max_length=6, choices=Level, default=Level.WATCH)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="follow_level_known", condition=Q(level__in=Level.values)),
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
