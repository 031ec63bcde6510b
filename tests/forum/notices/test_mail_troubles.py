"""Notices by mail when the server, the vault or the time fails: later, and never twice."""

from datetime import timedelta

import pytest

from anonymity import vault
from forum.actions.follow import follow
from forum.mailing import REFUSALS
from forum.models import NoticeSettings
from forum.notices import fanout, mail
from forum.notices.inbox import Inbox
from forum.notices.mail import AGAIN_AFTER, open_round, send_round
from tests import make
from tests.forum.notices.conftest import HALF_HOUR, chosen, mailed, says_something
from tests.make import NOW


def test_without_a_mail_server_the_round_waits_and_is_made_up_for(post_office, alice, thread, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    says_something(thread)
    assert mailed() == {}
    settings.EMAIL_PORT = port
    assert dict(send_round(lambda: NOW + AGAIN_AFTER)) == {}  # a minute early
    later = NOW + timedelta(hours=5)
    open_round(later)  # not before the last one is done
    assert dict(send_round(lambda: later)) == {"sent": 1}
    assert mailed(later) == {}


@pytest.mark.parametrize("act", ["mail_accounts", "personas_of", "take_mail"])
def test_without_the_vault_the_round_waits(post_office, alice, thread, monkeypatch, act):
    says_something(thread)
    fanout.tell_all()
    open_round(NOW)

    def closed(*_):
        raise vault.VaultUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(vault, act, closed)
        assert dict(send_round(lambda: NOW)) == {}
    assert dict(send_round(lambda: NOW)) == {}  # the lease lasts
    assert dict(send_round(lambda: NOW + timedelta(minutes=16))) == {"sent": 1}


def test_a_mail_that_is_not_wanted_now_is_tried_again_within_the_half_hour(post_office, alice, thread):
    says_something(thread)
    post_office.answers[alice.email] = "450 Come back later"
    assert mailed() == {"put off": 1}
    assert dict(send_round(lambda: NOW + timedelta(minutes=2))) == {}
    post_office.answers.clear()
    assert dict(send_round(lambda: NOW + timedelta(minutes=7))) == {"sent": 1}


def test_one_that_is_never_taken_holds_up_nobody_else(post_office, alice, bob, thread, mia):
    says_something(thread)
    post_office.answers[alice.email] = "450 Come back later"
    assert mailed() == {"put off": 1}
    assert dict(send_round(lambda: NOW + HALF_HOUR)) == {"put off": 1}
    make.thread("published", author=bob, by=mia, now=NOW + HALF_HOUR)
    assert mailed(NOW + HALF_HOUR) == {"sent": 1}


def test_several_that_are_never_taken_hold_up_nobody_else(post_office, alice, bob, carol, dave, mia):
    for author in (alice, bob, carol):
        make.thread("published", author=author, by=mia, now=NOW)
        post_office.answers[author.email] = "452 Mailbox full"
    assert mailed() == {"put off": 3}
    assert dict(send_round(lambda: NOW + HALF_HOUR)) == {"put off": 3}
    make.thread("published", author=dave, by=mia, now=NOW + HALF_HOUR)
    assert mailed(NOW + HALF_HOUR) == {"sent": 1}


ONLY_NAMED = pytest.mark.parametrize("thread", [False], indirect=True)


@ONLY_NAMED
def test_four_refusals_in_a_row_end_these_mails(post_office, alice, thread, client):
    post_office.answers[alice.email] = "550 No such user"
    for number in range(REFUSALS):
        says_something(thread, NOW + number * HALF_HOUR)
        assert mailed(NOW + number * HALF_HOUR) == {"refused": 1}
    says_something(thread, NOW + 4 * HALF_HOUR)
    assert mailed(NOW + 4 * HALF_HOUR) == {}
    client.force_login(alice)
    assert "refused four of these mails" in client.get("/my/settings/notices/").content.decode()


@pytest.mark.parametrize("thread", [True], indirect=True)
def test_refusals_of_what_concerns_a_persona_are_counted_nowhere(post_office, alice, thread, mia):
    """Beside an account that nobody told of anything by name, the count would say that it has a persona."""
    post_office.answers[alice.email] = "550 No such user"
    for number in range(REFUSALS):
        says_something(thread, NOW + number * HALF_HOUR)
        assert mailed(NOW + number * HALF_HOUR) == {"refused": 1}
    assert (NoticeSettings.objects.get(account=alice).refusals, chosen(alice).mail_end) == (0, "")
    later = NOW + REFUSALS * HALF_HOUR
    make.thread("published", author=alice, by=mia, now=later)
    assert mailed(later) == {"refused": 1}
    assert NoticeSettings.objects.get(account=alice).refusals == 1
    post_office.answers.clear()
    says_something(thread, later + HALF_HOUR)
    Inbox(alice).mark_read(Inbox(alice).notices.filter(account=alice).values_list("pk", flat=True))
    assert mailed(later + HALF_HOUR) == {"sent": 1}
    assert NoticeSettings.objects.get(account=alice).refusals == 1


@ONLY_NAMED
def test_a_mail_that_is_taken_forgives_refusals(post_office, alice, thread):
    post_office.answers[alice.email] = "550 No such user"
    says_something(thread)
    mailed()
    assert NoticeSettings.objects.get(account=alice).refusals == 1
    post_office.answers.clear()
    says_something(thread, NOW + HALF_HOUR)
    mailed(NOW + HALF_HOUR)
    assert NoticeSettings.objects.get(account=alice).refusals == 0


def test_a_sweep_stops_when_its_time_is_over_and_goes_on_later(post_office, alice, bob, mia):
    for author in (alice, bob):
        make.thread("published", author=author, by=mia, now=NOW)
    fanout.tell_all()
    open_round(NOW)
    clock = iter(NOW + timedelta(seconds=10 * step) for step in range(99))
    first = dict(send_round(lambda: next(clock), until=NOW + timedelta(seconds=45)))
    assert first == {"sent": 1}
    assert dict(send_round(lambda: NOW + timedelta(minutes=2))) == {"sent": 1}
    assert len(post_office.mails) == 2


def test_a_round_is_done_however_little_of_it_fits_into_a_sweep(post_office, alice, mia):
    authors = [alice, *(make.account() for _ in range(3))]
    for author in authors:
        make.thread("published", author=author, by=mia, now=NOW)
    fanout.tell_all()
    open_round(NOW)
    Inbox(alice).mark_read()  # to ask for nothing takes time as well
    sweeps = []
    for minute in range(1, 6):
        began = NOW + timedelta(minutes=minute)
        clock = iter(began + timedelta(seconds=10 * step) for step in range(99))
        sweeps.append(dict(send_round(lambda clock=clock: next(clock), until=began + timedelta(seconds=35))))
    assert sorted(sweeps[:4], key=len) == [{}, {"sent": 1}, {"sent": 1}, {"sent": 1}]
    assert sweeps[4] == {}
    make.thread("published", author=alice, by=mia, now=NOW + HALF_HOUR)
    assert mailed(NOW + HALF_HOUR) == {"sent": 1}


def test_whoever_was_put_off_in_one_sweep_is_tried_again_in_the_next(post_office, mia):
    authors = [make.account() for _ in range(4)]
    for author in authors:
        make.thread("published", author=author, by=mia, now=NOW)
    post_office.answers |= {author.email: "450 Come back later" for author in authors[:2]}
    fanout.tell_all()
    open_round(NOW)
    for minute in range(1, 9):
        began = NOW + timedelta(minutes=minute)
        clock = iter(began + timedelta(seconds=step) for step in range(99))
        send_round(lambda clock=clock: next(clock), until=began + timedelta(seconds=3 * (1 + minute % 4)))
    post_office.answers.clear()
    send_round(lambda: NOW + timedelta(minutes=20))
    assert [len(post_office.to(author)) for author in authors] == [1] * 4


def test_queries_of_a_round_grow_by_those_of_each_mail_alone(post_office, mia, django_assert_max_num_queries):
    made = make.thread("published", by=mia, now=NOW)
    for _ in range(30):
        follow(made, by=make.account())
    fanout.tell_all()
    mailed(NOW - HALF_HOUR)
    assert NoticeSettings.objects.update(mail=["account"])
    says_something(made)
    fanout.tell_all()
    open_round(NOW)
    with django_assert_max_num_queries(16):  # nobody wants it: none is asked about
        assert dict(mail.send_round(lambda: NOW)) == {}


def test_when_quiet_hours_end_nobody_else_is_asked_about_what_they_were_mailed(
    post_office, bob, mia, django_assert_max_num_queries
):
    made = make.thread("published", by=mia, now=NOW)
    for _ in range(20):
        follow(made, by=make.account())
    chosen(bob, quiet_from=NOW.hour, quiet_to=(NOW.hour + 1) % 24)
    follow(made, by=bob)
    says_something(made)
    assert mailed() == {"sent": 21}  # with its author
    open_round(NOW + HALF_HOUR)
    with django_assert_max_num_queries(16):
        assert dict(send_round(lambda: NOW + HALF_HOUR)) == {"sent": 1}
