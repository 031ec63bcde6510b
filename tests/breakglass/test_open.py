"""T-BG: the two open it together, in time; each sees the name once; it is written nowhere."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from accounts.access import NotAllowed
from anonymity import vault
from anonymity.models import Link
from breakglass.actions.open import NotOpen, show_name, turn_key
from breakglass.actions.sweep import close_what_ran_out
from breakglass.models import Half, State, UnmaskRequest
from moderation.models import AuditEvent

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("deed", [turn_key, show_name])
def test_it_opens_within_the_hours_only(turned, mia, deed):
    for when in (turned.not_before - HOUR, turned.expires):
        with pytest.raises(NotOpen):
            deed(turned, by=mia, now=when)
    deed(turned, by=mia, now=turned.expires - HOUR)


def test_one_person_alone_sees_nothing(agreed, mia, mo, later):
    turn_key(agreed, by=mia, now=later)
    turn_key(agreed, by=mia, now=later)
    for who in (mia, mo):
        with pytest.raises(NotOpen):
            show_name(agreed, by=who, now=later)
    turn_key(agreed, by=mo, now=later)
    assert show_name(agreed, by=mia, now=later) == "Bob"


def test_each_of_the_two_sees_the_name_once(turned, mia, mo, later):
    for who in (mia, mo):
        assert show_name(turned, by=who, now=later) == "Bob"
        for deed in (show_name, turn_key):
            with pytest.raises(NotOpen):
                deed(turned, by=who, now=later)
    turned.refresh_from_db()
    assert (turned.state, turned.requester_half, turned.second_half) == (State.REVEALED, "shown", "shown")
    assert [event.by for event in AuditEvent.objects.filter(kind="unmask.revealed")] == [mia, mo]


@pytest.mark.parametrize("deed", [turn_key, show_name])
def test_nobody_else_opens_it(turned, nia, admin, bob, mia, later, deed):
    for other in (nia, admin, bob):
        with pytest.raises(NotAllowed):
            deed(turned, by=other, now=later)
    deed(turned, by=mia, now=later)


@pytest.mark.parametrize("deed", [turn_key, show_name])
def test_who_is_no_moderator_any_more_opens_nothing(turned, mia, mo, later, deed):
    mia.is_moderator = False
    del mia.acts_as_moderator  # a new request would ask again
    with pytest.raises(NotAllowed):
        deed(turned, by=mia, now=later)
    deed(turned, by=mo, now=later)


def test_what_was_agreed_and_never_opened_runs_out(turned, mia):
    close_what_ran_out(turned.expires)
    turned.refresh_from_db()
    assert turned.state == State.EXPIRED
    with pytest.raises(NotOpen):
        show_name(turned, by=mia, now=turned.expires - HOUR)
    assert AuditEvent.objects.filter(kind="unmask.expired").count() == 1


@pytest.fixture
def own_keys(settings, tmp_path) -> None:
    """A key file that only this test rotates."""
    settings.ANON_KEYRING_FILE = tmp_path / "keys" / "anon-keyring.json"
    vault.make_key_file()


@pytest.mark.parametrize("how", ["left none", "destroyed by rotation"])
def test_a_persona_without_a_link_has_nobody_to_show_on_the_same_path(
    own_keys, turned, bob, mia, mo, later, how
):
    if how == "left none":
        Link.objects.all().delete()
    else:
        vault.rotate({turned.persona_id: turned.persona.thread_id}, leaving=[bob], now=later)
        assert Link.objects.exists()
    for who in (mia, mo):
        assert show_name(turned, by=who, now=later) is None
        with pytest.raises(NotOpen):
            show_name(turned, by=who, now=later)
    assert AuditEvent.objects.filter(kind="unmask.revealed").count() == 2


def test_an_account_that_is_gone_is_nobody_either(turned, mia, bob, later):
    bob.delete()
    assert show_name(turned, by=mia, now=later) is None


def test_a_vault_out_of_order_shows_nothing_and_uses_nothing_up(turned, mia, later, settings, tmp_path):
    settings.ANON_KEYRING_FILE, there = tmp_path / "gone.json", settings.ANON_KEYRING_FILE
    with pytest.raises(vault.VaultUnavailable):
        show_name(turned, by=mia, now=later)
    turned.refresh_from_db()
    assert (turned.state, turned.requester_half) == (State.APPROVED, Half.TURNED)
    settings.ANON_KEYRING_FILE = there
    assert show_name(turned, by=mia, now=later) == "Bob"


def test_only_this_deed_opens_a_seal_for_this_purpose(turned, mia, later):
    before = vault.openings()["break-glass"]
    show_name(turned, by=mia, now=later)
    assert vault.openings()["break-glass"] == before + 1


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_each_of_the_two_sees_it_in_one(turned, mia, mo, later):
    start = threading.Barrier(8)

    def press(number: int) -> str:
        who = (mia, mo)[number % 2]
        start.wait()
        try:
            return f"{who.display_name} {show_name(UnmaskRequest.objects.get(), by=who, now=later)}"
        except NotOpen:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(press, range(8)))
    assert answers == {"Mia Bob": 1, "Mo Bob": 1, "refused": 6}
    assert AuditEvent.objects.filter(kind="unmask.revealed").count() == 2
