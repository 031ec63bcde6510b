"""Of what a member hears, by which channel, and when not."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models

from forum.models.mailing import Mailing
from forum.models.notice import CONCERNS_AUTHOR, FLAG_OUTCOMES, FOR_MODERATORS, PERSONAL, Happening


class Concern(models.TextChoices):
    """What notices are about, as far as a member may choose of which to hear."""

    REPLIES = "replies", "Replies and updates in threads where you wrote or that you follow"
    DECISIONS = "decisions", "What moderators decide about your texts and your flags"
    THREADS = "threads", "New threads under tags you follow"
    ACCOUNT = "account", "Your licence, your roles, and what moderators write to you"
    DESK = "desk", "What waits at the moderators' desk"


# Of what a moderator did to somebody, the inbox always tells.
MAY_STAY_OUT = (Concern.REPLIES, Concern.THREADS, Concern.DESK)


def concern_of(happening: str) -> Concern:
    if happening in FOR_MODERATORS:
        return Concern.DESK
    if happening in PERSONAL:
        return Concern.ACCOUNT
    if happening in (*CONCERNS_AUTHOR, *FLAG_OUTCOMES):
        return Concern.DECISIONS
    return Concern.THREADS if happening == Happening.THREAD else Concern.REPLIES


def happenings_of(concerns: Iterable[str]) -> list[str]:
    wanted = set(concerns)
    return [happening for happening in Happening if concern_of(happening) in wanted]


def everything() -> list[str]:
    return list(Concern.values)


def mailed_at_first() -> list[str]:
    """New threads come by digest, or not by mail at all."""
    return [concern for concern in Concern.values if concern != Concern.THREADS]


class MailEnd(models.TextChoices):
    """Why no notice is mailed any more, as the member reads it."""

    UNSUBSCRIBED = "left", "You ended these mails by the link in one of them."
    BOUNCED = "bounced", "Your mail server refused four of these mails in a row, so no more are sent."


class NoticeSettings(Mailing):
    """A row for each account, made before the first mail of any: made for one, it would tell of that mail."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_settings"
    )
    inbox = models.JSONField(default=everything)
    live = models.JSONField(default=everything)
    mail = models.JSONField(default=mailed_at_first)
    quiet_from = models.PositiveSmallIntegerField(default=0)  # hours of the member's clock; the same: none
    quiet_to = models.PositiveSmallIntegerField(default=0)
    discreet = models.BooleanField(default=True)

    refusals = models.PositiveSmallIntegerField(default=0)  # in a row
    mail_end = models.CharField(max_length=8, choices=MailEnd, blank=True)

    def __str__(self) -> str:
        return f"notice settings {self.pk}"

    @property
    def ended(self) -> str:
        """By what else than the member's choice these mails were ended; "" unless they were."""
        return self.mail_end

    def is_quiet(self, now: datetime) -> bool:
        """Whether `now` is within the member's quiet hours, which may reach past midnight."""
        hour = now.astimezone(self.clock).hour
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= hour < self.quiet_to
        return hour >= self.quiet_from or hour < self.quiet_to
