"""Duty: what a moderator takes on, and being away. What is suggested to them then goes to somebody else."""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from accounts.models.account import today
from forum.models import Tag
from moderation import audit, intake
from moderation.actions.claim import hand_over
from moderation.actions.suggest import suggest_what_waits
from moderation.models import Absence, Duty, QueueItem
from moderation.rules import may_decide

PASSED_ON = "Passed on because I am away from today."


class Unfit(Refused):
    """An absence that can't be; `field` is where it was typed."""

    field = "first"


class AwayAlready(Unfit):
    pass


class NoCover(Unfit):
    field = "cover"


@audit.deed()
def set_duty(*, on_duty: bool, at_most: int, topics: Iterable[Tag], by: Account, now: datetime) -> None:
    """Keep whether and how much `by` takes on. Off duty, what is suggested to them goes on at once."""
    duty, _ = Duty.objects.update_or_create(account=by, defaults={"on_duty": on_duty, "at_most": at_most})
    duty.topics.set(topics)
    audit.record("duty.changed", by=by, about=by, now=now)
    suggest_what_waits(now)


@audit.deed()
def go_away(
    *, first: date, last: date, cover: Account | None, pass_on: bool, by: Account, now: datetime
) -> Absence:
    """Be away on these days. From today on, what is suggested to `by` goes on at once, and what they hold
    if they `pass_on` it: to the cover, or back into the queue.

    AwayAlready when they are on one of the days; NoCover when the colleague can't stand in.
    """
    Account.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two forms at once one is the second
    if other := Absence.objects.filter(account=by).during(first, last).in_order().first():
        raise AwayAlready(f"You are away from {spoken(other.first)} to {spoken(other.last)} already.")
    if cover:
        _require_cover(cover, first, last, by=by)
    absence = Absence.objects.create(account=by, first=first, last=last, cover=cover)
    audit.record("absence.noted", by=by, about=absence, now=now)
    if first <= today(now):
        if pass_on:
            _pass_on(cover, by=by, now=now)
        suggest_what_waits(now)
    return absence


def _require_cover(cover: Account, first: date, last: date, *, by: Account) -> None:
    if cover == by or not Account.objects.moderators().filter(pk=cover.pk).exists():
        raise NoCover("They are not a moderator who could stand in. Please choose another.")
    if Duty.objects.filter(account=cover, on_duty=False).exists():
        raise NoCover(f"{cover.display_name} is not on duty. Please choose another colleague, or nobody.")
    if other := Absence.objects.filter(account=cover).during(first, last).in_order().first():
        raise NoCover(
            f"{cover.display_name} is away too, from {spoken(other.first)} to {spoken(other.last)}. "
            "Please choose another colleague, or nobody."
        )


def _pass_on(cover: Account | None, *, by: Account, now: datetime) -> None:
    held = QueueItem.objects.held(now=now).filter(holder=by).select_related("post__thread")
    for item in held:
        if cover and may_decide(cover, item):
            hand_over(item, cover, PASSED_ON, by=by, now=now)
    intake.let_go(by, now=now)


@audit.deed()
def come_back(absence: Absence, *, by: Account, now: datetime) -> None:
    """Take an absence of one's own back, before it begins or while it lasts."""
    if absence.account_id != by.pk:
        raise NotAllowed("An absence is taken back by whoever is away.")
    if Absence.objects.filter(pk=absence.pk).delete()[0]:
        audit.record("absence.taken-back", by=by, about=f"absence {absence.pk}", now=now)


def forget_absences(now: datetime) -> None:
    """Those that are over: nobody needs to know any more who was away when."""
    Absence.objects.filter(last__lt=today(now)).delete()


def spoken(day: date) -> str:
    return f"{day.day} {day:%B}"
