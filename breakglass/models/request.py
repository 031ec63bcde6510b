"""Requests to learn who a persona is: who asked and agreed, why, and how far it came. Never the name."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import ExtractYear, Length
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse

REASON_MIN, REASON_MAX = 80, 4000
A_QUARTER = 3
WAITS_AT_MOST = 30  # days that a court may keep the author from being told


class Ground(models.TextChoices):
    HARM = "imminent_harm", "Somebody is in danger now"
    COURT = "court_order", "A court ordered it"
    POLICY = "other_policy", "Another rule of this board asks for it"


class State(models.TextChoices):
    REQUESTED = "requested", "waits for a second moderator"
    APPROVED = "approved", "agreed to by two"
    REFUSED = "refused"
    REVEALED = "revealed", "opened"
    EXPIRED = "expired", "ran out"


class Half(models.TextChoices):
    """How far one of the two has come."""

    AWAY = "away"
    TURNED = "turned"
    SHOWN = "shown"


OPEN = (State.REQUESTED, State.APPROVED)


class UnmaskRequestQuerySet(models.QuerySet["UnmaskRequest"]):
    def visible_to(self, viewer) -> "UnmaskRequestQuerySet":
        """All of them to every moderator, none to anybody else, administrators included."""
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.all()
        return self.none()

    def for_list(self) -> "UnmaskRequestQuerySet":
        return self.select_related("persona__thread", "requester", "second", "third").order_by("-hour", "id")

    def decidable(self, now: datetime) -> "UnmaskRequestQuerySet":
        """Undecided; where the author is not told at once, only after a third moderator agreed to that."""
        agreed = Q(told=True) | Q(third__isnull=False)
        return self.filter(agreed, state=State.REQUESTED, expires__gt=now)

    def wishing_to_wait(self, now: datetime) -> "UnmaskRequestQuerySet":
        """Undecided ones whose author is to be told later, which nobody has agreed to so far."""
        return self.filter(state=State.REQUESTED, expires__gt=now, told=False, third=None)

    def openable(self, now: datetime) -> "UnmaskRequestQuerySet":
        """Within the hours in which the two may open it."""
        return self.filter(state__in=[State.APPROVED, State.REVEALED], not_before__lte=now, expires__gt=now)

    def run_on(self, persona) -> "UnmaskRequestQuerySet":
        """The open one about this persona, if there is any."""
        return self.filter(persona=persona, state__in=OPEN)

    def run_out(self, now: datetime) -> "UnmaskRequestQuerySet":
        return self.filter(state__in=OPEN, expires__lte=now)

    def to_be_told(self, now: datetime) -> "UnmaskRequestQuerySet":
        """Those whose authors need not wait longer: the agreed days are over, or nobody agreed to any."""
        over = Q(tell_from__lte=now) | Q(state=State.EXPIRED, third=None)
        return self.filter(over, told=False)

    def for_author(self) -> "UnmaskRequestQuerySet":
        return self.filter(told=True).order_by("-hour", "id")

    def by_year(self):
        """How many there were in each year, and what came of them: all that the public page says."""
        agreed = Q(second__isnull=False) & ~Q(state=State.REFUSED)
        years = self.annotate(year=ExtractYear("hour")).values("year").order_by("-year")
        return years.annotate(
            requested=Count("pk"),
            approved=Count("pk", filter=agreed),
            refused=Count("pk", filter=Q(state=State.REFUSED)),
            revealed=Count("pk", filter=Q(state=State.REVEALED)),
        )


class UnmaskRequest(models.Model):
    """Times are full hours: the log-in of a moderator is nobody's business either."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No constraint of the database: switched off, Django does not know of this table, and a persona of the
    # demonstration could not be removed.
    persona = models.ForeignKey(
        "forum.Persona", models.CASCADE, db_constraint=False, related_name="unmask_requests"
    )
    ground = models.CharField(max_length=13, choices=Ground)
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(  # who approved or refused
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    third = models.ForeignKey(  # who agreed that the author is told later
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    waits_days = models.PositiveSmallIntegerField(default=0)
    tell_from = models.DateTimeField(null=True, blank=True)
    told = models.BooleanField(default=False)
    hour = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField()
    revealed_hour = models.DateTimeField(null=True, blank=True)
    requester_half = models.CharField(max_length=6, choices=Half, default=Half.AWAY)
    second_half = models.CharField(max_length=6, choices=Half, default=Half.AWAY)
    quarter = models.CharField(max_length=6)  # "2026-1"
    place = models.PositiveSmallIntegerField()  # among those of its quarter

    objects = UnmaskRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="unmask_two_people", condition=~Q(second=F("requester"))),
            models.CheckConstraint(
                name="unmask_third_person", condition=~Q(third=F("requester")) & ~Q(third=F("second"))
            ),
            models.CheckConstraint(
                name="unmask_reason_given", condition=GreaterThanOrEqual(Length("reason"), REASON_MIN)
            ),
            models.CheckConstraint(
                name="unmask_only_a_court_lets_the_author_wait",
                condition=Q(waits_days=0) | Q(ground=Ground.COURT, waits_days__lte=WAITS_AT_MOST),
            ),
            models.CheckConstraint(
                name="unmask_opened_by_agreement",
                condition=Q(requester_half=Half.AWAY, second_half=Half.AWAY)
                | Q(state__in=[State.APPROVED, State.REVEALED], second__isnull=False)
                | Q(state=State.EXPIRED, second__isnull=False),
            ),
            models.CheckConstraint(name="unmask_few", condition=Q(place__gte=1, place__lte=A_QUARTER)),
            models.UniqueConstraint(fields=["quarter", "place"], name="unmask_place_in_quarter"),
            models.UniqueConstraint(
                fields=["persona"], condition=Q(state__in=OPEN), name="one_open_unmask_per_persona"
            ),
        ]

    def __str__(self) -> str:
        return f"unmask request {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("breakglass:request", args=[self.pk])

    def is_one_of_two(self, account) -> bool:
        return account.pk in (self.requester_id, self.second_id)

    def halves(self, account) -> tuple[str, str]:
        """The columns of the account's own half and of the other's."""
        own, other = "requester_half", "second_half"
        return (own, other) if account.pk == self.requester_id else (other, own)
