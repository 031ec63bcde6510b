"""Events ("this happened") and notices ("it concerns you"): for accounts by name, for personas by persona."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.states import READABLE


class Happening(models.TextChoices):
    """What a notice is about, with the sentence its reader sees."""

    THREAD = "thread", "A new thread under a tag you follow"
    REPLY = "reply", "A new reply"
    UPDATE = "update", "An update: how it turned out"
    PUBLISHED = "published", "Your text was published"
    RETURNED = "returned", "A moderator returned your text with a note"
    DECLINED = "declined", "Your text was declined, with a reason"


CONCERNS_AUTHOR = (Happening.PUBLISHED, Happening.RETURNED, Happening.DECLINED)


class EventQuerySet(models.QuerySet["Event"]):
    def untold(self) -> "EventQuerySet":
        return self.filter(told=False).order_by("id")


class Event(models.Model):
    """Written with the deed, in its transaction; told to whom it concerns afterwards, so none is lost."""

    happening = models.CharField(max_length=9, choices=Happening)
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="events")
    hour = models.DateTimeField()
    told = models.BooleanField(default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="events_untold", condition=Q(told=False))]

    def __str__(self) -> str:
        return f"event {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_inbox(self, account, personas: list[uuid.UUID]) -> "NoticeQuerySet":
        """What concerns the account or the personas that the vault calls its own.

        A notice goes where its post goes: of what is no longer readable only decisions remain.
        """
        readable = Q(event__post__state="published", event__post__thread__state__in=READABLE)
        decision = Q(event__happening__in=CONCERNS_AUTHOR)
        return self.filter(Q(account=account) | Q(persona__in=personas)).filter(readable | decision)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read=False)

    def for_list(self) -> "NoticeQuerySet":
        return self.select_related("event__post__thread").order_by("-id")


class Notice(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices")
    persona = models.ForeignKey("forum.Persona", models.CASCADE, null=True, related_name="notices")
    read = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_for_account_xor_persona", condition=Q(account=None) ^ Q(persona=None)
            ),
            models.UniqueConstraint(fields=["event", "account"], name="one_notice_per_event_and_account"),
            models.UniqueConstraint(fields=["event", "persona"], name="one_notice_per_event_and_persona"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="notices_of_account"),
            models.Index(fields=["persona", "-id"], name="notices_of_persona"),
            models.Index(fields=["account"], name="notices_unread", condition=Q(read=False)),
            models.Index(fields=["persona"], name="notices_unread_of_persona", condition=Q(read=False)),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
