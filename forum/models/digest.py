"""A member's digest: what it holds, when it is due, and how far it has told."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format

from accounts.models.account import today
from forum.models.mailing import Mailing

CHOSEN = ("every", "weekday", "at_hour", "zone", "about", "shows")  # by the member
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def week_of(now: datetime) -> date:
    """The Sunday on which the week ends: as much as is kept of when somebody was here last."""
    return today(now) + timedelta(days=6 - today(now).weekday())


class Every(models.TextChoices):
    OFF = "off", "No digest"
    DAY = "day", "Every day"
    WEEK = "week", "Once a week"


class About(models.TextChoices):
    FOLLOWED = "followed", "Threads under the tags that I follow"
    ALL = "all", "All threads"


class Shows(models.TextChoices):
    COUNTS = "counts", "Counts only"
    TITLES = "titles", "Titles"
    EXCERPTS = "excerpts", "Titles and first lines"


class Last(models.TextChoices):
    """What became of the last one, as the member reads it."""

    SENT = "sent", "sent"
    EMPTY = "empty", "left out, since there was nothing new"
    UNCERTAIN = "uncertain", "perhaps not sent: the server stopped in that very moment, and sends none twice"
    REFUSED = "refused", "refused by your mail server"
    STOPPED = "stopped", "sent, and ended with that: nobody had signed in for 90 days"
    BOUNCED = "bounced", "refused, and ended with that: your mail server had refused four in a row"
    UNSUBSCRIBED = "left", "ended by the link in a mail"


ENDS = (Last.STOPPED, Last.BOUNCED, Last.UNSUBSCRIBED)


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self, now: datetime) -> "DigestQuerySet":
        """Those to be made now: the worker looks at no other."""
        return self.exclude(every=Every.OFF).filter(handing=False, try_at__lte=now)


class Digest(Mailing):
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest"
    )
    every = models.CharField(max_length=4, choices=Every, default=Every.OFF)
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(DAYS)), default=0)
    at_hour = models.PositiveSmallIntegerField(
        choices=[(hour, f"{hour:02}:00") for hour in range(24)], default=7
    )
    about = models.CharField(max_length=8, choices=About, default=About.FOLLOWED)
    shows = models.CharField(max_length=8, choices=Shows, default=Shows.COUNTS)

    told_hour = models.DateTimeField()  # everything published before it was told of
    due = models.DateTimeField()
    # When a worker takes it up: when due, later after a failure, or when another's time with it is over.
    try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    handing = models.BooleanField(default=False)  # given to the mail server, and its answer not yet noted
    refusals = models.PositiveSmallIntegerField(default=0)  # in a row
    last = models.CharField(max_length=9, choices=Last, blank=True)
    last_on = models.DateField(null=True)
    seen_week = models.DateField()  # of the last sign-in

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="digest_every_known", condition=Q(every__in=Every.values)),
        ]
        indexes = [models.Index(fields=["try_at"], name="digests_due", condition=~Q(every="off"))]

    def __str__(self) -> str:
        return f"digest {self.pk}"

    @property
    def is_on(self) -> bool:
        return self.every != Every.OFF

    @property
    def ended(self) -> str:
        """By what else than the member's choice it was ended; "" unless it was."""
        return self.last if not self.is_on and self.last in ENDS else ""

    @property
    def due_here(self) -> str:
        """When the next is due by the member's clock, in words."""
        return date_format(self.due.astimezone(self.clock), "l j F Y, H:i")
