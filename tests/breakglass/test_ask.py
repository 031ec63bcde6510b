"""Asking: with a reason, openly, three times a quarter; the author is told at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.access import NotAllowed, TooMany
from breakglass.actions.ask import AlreadyAsked
from breakglass.actions.decide import Settled, agree_to_wait, approve, refuse, tell_now
from breakglass.actions.sweep import close_what_ran_out, tell_who_waits
from breakglass.models import Ground, State, UnmaskRequest
from forum.models import Happening, Notice, Persona
from forum.notices import fanout
from moderation.models import AuditEvent
from tests import make
from tests.breakglass.conftest import REASON

COURT = {"ground": Ground.COURT, "waits_days": 10}


def told() -> list[Persona]:
    """Whose inbox says that something concerns their anonymity."""
    fanout.tell_all()
    return [notice.persona for notice in Notice.objects.filter(event__happening=Happening.UNMASK)]


def another_persona(number: int) -> Persona:
    thread = make.thread("published", author=make.account(), anonymous=True, title=f"{make.TITLE} {number}")
    return Persona.objects.get(thread=thread)


def test_the_author_is_told_at_once_and_the_record_holds_persona_actor_and_a_hash(asked, persona, mia):
    assert told() == [persona]
    (event,) = AuditEvent.objects.filter(kind__startswith="unmask.")
    assert (event.kind, event.by) == ("unmask.requested", mia)
    kind, about, digest = event.about.split()
    assert (kind, about, len(digest)) == ("persona", str(persona.pk), 32)
    assert REASON not in event.about


def test_one_request_about_a_persona_at_a_time(asked, ask_about, persona, mo, now):
    with pytest.raises(AlreadyAsked):
        ask_about(persona, by=mo)
    refuse(asked, by=mo, now=now)
    assert ask_about(persona, by=mo).state == State.REQUESTED


def test_three_requests_a_quarter_and_no_fourth(ask_about, persona, now):
    for number in range(3):
        ask_about(another_persona(number))
    with pytest.raises(TooMany):
        ask_about(persona)
    assert not told().count(persona)
    assert ask_about(persona, now=datetime(2026, 4, 1, tzinfo=UTC)).quarter == "2026-2"


def test_who_asked_under_their_own_name_in_the_thread_leaves_it_to_a_colleague(ask_about, mia, mo):
    thread = make.thread("published", author=mia, by=mo)
    make.post(thread, "perspective", author=make.account(is_verified=True), anonymous=True, by=mo)
    persona = Persona.objects.get(thread=thread)
    with pytest.raises(NotAllowed):
        ask_about(persona, by=mia)
    assert ask_about(persona, by=mo).requester == mo


def test_only_moderators_ask(ask_about, persona, alice, admin, mo):
    for other in (alice, admin):
        with pytest.raises(NotAllowed):
            ask_about(persona, by=other)
    assert ask_about(persona, by=mo)


@pytest.mark.parametrize(
    "broken",
    [
        {"reason": "Because."},
        {"waits_days": 1},
        {"ground": Ground.COURT, "waits_days": 31},
        {"place": 4},
        {"second": "mia"},
        {"third": "mia"},
        {"second": "mo", "third": "mo"},
        {"requester_half": "turned"},
    ],
)
def test_the_database_itself_refuses_what_the_rules_do(asked, mia, mo, broken):
    people = {"mia": mia, "mo": mo}
    changes = {name: people.get(value, value) for name, value in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        UnmaskRequest.objects.filter(pk=asked.pk).update(**changes)
    UnmaskRequest.objects.filter(pk=asked.pk).update(reason=REASON + " More.")


def test_a_court_lets_the_author_wait_only_when_a_third_moderator_agrees(ask_about, persona, mo, nia, now):
    asked = ask_about(persona, **COURT)
    assert not told()
    with pytest.raises(Settled):  # nobody agreed to keep it from the author
        approve(asked, by=mo, now=now)
    with pytest.raises(NotAllowed):
        agree_to_wait(asked, by=asked.requester, now=now)
    agree_to_wait(asked, by=nia, now=now)
    asked.refresh_from_db()
    with pytest.raises(NotAllowed):  # the third is not the second
        approve(asked, by=nia, now=now)
    approve(asked, by=mo, now=now)
    tell_who_waits(now + timedelta(days=9))
    assert not told()
    tell_who_waits(now + timedelta(days=10))
    tell_who_waits(now + timedelta(days=11))
    assert told() == [persona]


def test_a_third_moderator_may_have_the_author_told_at_once(ask_about, persona, mo, nia, now):
    asked = ask_about(persona, **COURT)
    with pytest.raises(NotAllowed):
        tell_now(asked, by=asked.requester, now=now)
    tell_now(asked, by=nia, now=now)
    assert told() == [persona]
    with pytest.raises(Settled):
        agree_to_wait(asked, by=mo, now=now)
    approve(asked, by=mo, now=now)


def test_a_wish_to_wait_that_nobody_agreed_to_ends_with_the_request(ask_about, persona, now):
    ask_about(persona, **COURT)
    close_what_ran_out(now + timedelta(days=6))
    tell_who_waits(now + timedelta(days=6))
    assert not told()
    close_what_ran_out(now + timedelta(days=7))
    tell_who_waits(now + timedelta(days=7))
    assert told() == [persona]
    assert UnmaskRequest.objects.get().state == State.EXPIRED


def test_a_request_that_ran_out_makes_room_for_another(asked, ask_about, persona, now):
    assert ask_about(persona, now=now + timedelta(days=7)).state == State.REQUESTED
    asked.refresh_from_db()
    assert asked.state == State.EXPIRED
    assert AuditEvent.objects.get(kind="unmask.expired").by is None


def test_the_public_count_says_how_many_in_each_year(agreed, ask_about, mo, now):
    refuse(ask_about(another_persona(1)), by=mo, now=now)
    ask_about(another_persona(2), now=now + timedelta(days=365))
    assert list(UnmaskRequest.objects.by_year()) == [
        {"year": 2027, "requested": 1, "approved": 0, "refused": 0, "revealed": 0},
        {"year": 2026, "requested": 2, "approved": 1, "refused": 1, "revealed": 0},
    ]
