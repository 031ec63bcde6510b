"""The second person: another moderator, for thirty days at least, and not by the first one's appointment."""

from datetime import timedelta

import pytest

from accounts.access import NotAllowed
from accounts.actions.appoint import appoint
from breakglass.actions.decide import Settled, approve, refuse
from breakglass.models import Ground, State
from moderation.models import AuditEvent
from tests import make, tampering

DAY = timedelta(days=1)


def fresh(name: str, *, appointed=None, by=None):
    """A moderator whose appointment is `appointed` ago, as the record has it."""
    made = make.moderator(name)
    if appointed is not None:
        appoint(made, "moderator", now=make.NOW - appointed)
        with tampering.unguarded():
            AuditEvent.objects.filter(about=str(made)).update(by=by)
    return made


def unfit(case: str, mia):
    return {
        "whoever asked": lambda: mia,
        "a member": lambda: make.account("Ben"),
        "an administrator": lambda: make.account("Ada", is_administrator=True),
        "appointed 29 days ago": lambda: fresh("New", appointed=29 * DAY),
        "appointed by whoever asks": lambda: fresh("Kin", appointed=90 * DAY, by=mia),
        "nobody knows since when": lambda: fresh("Old"),
    }[case]()


@pytest.mark.parametrize("deed", [approve, refuse])
@pytest.mark.parametrize(
    "case",
    [
        "whoever asked", "a member", "an administrator", "appointed 29 days ago", "appointed by whoever asks",
        "nobody knows since when",
    ],
)  # fmt: skip
def test_who_may_not_be_the_second(asked, mia, mo, now, case, deed):
    with pytest.raises(NotAllowed):
        deed(asked, by=unfit(case, mia), now=now)
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED
    deed(asked, by=mo, now=now)


def test_a_month_in_office_is_enough_and_losing_it_begins_anew(asked, mia, now):
    nell = fresh("Nell", appointed=30 * DAY, by=make.account("Ada", is_administrator=True))
    appoint(nell, "moderator", now=now - DAY)  # again, with another discipline: she has been one all along
    appoint(nell, "member", now=now - DAY)
    appoint(nell, "moderator", now=now - DAY)
    with pytest.raises(NotAllowed):
        approve(asked, by=nell, now=now)
    with tampering.unguarded():
        AuditEvent.objects.filter(about=str(nell), kind="account.appointed-member").delete()
    approve(asked, by=nell, now=now)


def test_a_request_is_decided_once(asked, mo, nia, now):
    refuse(asked, by=mo, now=now)
    for deed in (approve, refuse):
        with pytest.raises(Settled):
            deed(asked, by=nia, now=now)
    asked.refresh_from_db()
    assert (asked.state, asked.second) == (State.REFUSED, mo)
    assert AuditEvent.objects.get(kind="unmask.refused").by == mo


def test_a_request_can_be_decided_for_seven_days(asked, mo, now):
    with pytest.raises(Settled):
        approve(asked, by=mo, now=now + 7 * DAY)
    approve(asked, by=mo, now=now + 7 * DAY - timedelta(hours=1))


@pytest.mark.parametrize(("ground", "waits"), [(Ground.HARM, 0), (Ground.COURT, 24), (Ground.POLICY, 24)])
def test_a_day_passes_before_it_can_be_opened_unless_somebody_is_in_danger(
    ask_about, persona, mo, now, ground, waits
):
    asked = ask_about(persona, ground=ground)
    approve(asked, by=mo, now=now)
    asked.refresh_from_db()
    assert now + timedelta(hours=waits - 1) < asked.not_before <= now + timedelta(hours=waits + 1)
    assert asked.not_before >= now + timedelta(hours=waits) or not waits
    assert asked.expires - asked.not_before == timedelta(hours=72)
    assert AuditEvent.objects.get(kind="unmask.approved").by == mo
