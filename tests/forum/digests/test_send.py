"""Sending: once for each period, to whom it is due, through a real mail server with its moods."""

import smtplib
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import get_connection
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.digests import send
from forum.digests.send import AGAIN_AFTER, LEASE, send_due
from forum.mailing import FAILURES, REFUSALS
from forum.models import Digest
from tests import make
from tests.forum.digests.conftest import CHOSEN_AT, DUE, SAID, chosen

WEEK = timedelta(weeks=1)


def sweep(now=DUE) -> dict[str, int]:
    return dict(send_due(lambda: now))


@pytest.fixture
def asked(tags, mia):
    return make.thread("published", by=mia, now=SAID)


@pytest.fixture
def alices(alice, tags, asked) -> Digest:
    return chosen(alice, tags["us"])


def test_it_is_sent_when_it_is_due_and_once(post_office, alice, alices):
    assert sweep(DUE - timedelta(minutes=1)) == {}
    assert sweep() == {"sent": 1}
    assert sweep() == sweep(DUE + timedelta(days=6)) == {}
    assert len(post_office.to(alice)) == 1
    alices.refresh_from_db()
    assert (alices.due, alices.try_at, alices.handing) == (DUE + WEEK, DUE + WEEK, False)
    assert (alices.last, alices.last_on) == ("sent", DUE.date())


def test_no_thread_is_told_twice_and_none_is_missed(post_office, alice, alices, tags, mia):
    """Also one of the hour in which the digest is made, and after the worker was away for weeks."""
    late = make.thread("published", by=mia, now=DUE - timedelta(minutes=1))
    shown = lambda: "\n".join(mail.get_body().get_content() for mail in post_office.mails)  # noqa: E731
    Digest.objects.update(shows="titles")
    sweep(DUE + timedelta(seconds=1))
    assert late.public_id not in shown()
    later = make.thread("published", by=mia, now=DUE + WEEK)
    sweep(DUE + 3 * WEEK + timedelta(days=2))
    assert sweep(DUE + 4 * WEEK) == {"empty": 1}
    assert len(post_office.mails) == 2
    for thread in (late, later):
        assert shown().count(f"/{thread.public_id}/") == 1


def test_nothing_new_is_no_mail(post_office, alice, tags, bob, carol):
    chosen(alice, tags["us"])
    chosen(bob)  # follows nothing
    chosen(carol, every="off")
    assert sweep() == {"empty": 2}
    assert not post_office.mails
    assert Digest.objects.get(account=alice).due == DUE + WEEK


def test_all_threads_need_no_tag(post_office, bob, asked):
    chosen(bob, about="all")
    assert sweep() == {"sent": 1}


@pytest.mark.parametrize("change", [{"verified": False}, {"primary": False}])
def test_no_address_that_is_not_confirmed(post_office, alice, alices, change):
    EmailAddress.objects.filter(user=alice).update(**change)
    assert sweep() == {"empty": 1}


def test_no_account_that_is_locked(post_office, alice, alices):
    alice.is_active = False
    alice.save()
    assert sweep() == {"empty": 1}


def test_as_many_queries_for_a_batch_as_for_one_but_for_three_each(post_office, asked, tags):
    counts = []
    for more in (1, 9):
        for _ in range(more):
            chosen(make.account(), tags["us"])
        Digest.objects.update(try_at=DUE, due=DUE, told_hour=SAID)
        with CaptureQueriesContext(connection) as queries:
            assert sweep()["sent"] == (1 if more == 1 else 10)
        counts.append(len(queries))
    assert counts[1] - counts[0] == 9 * 2  # before and after each mail


@pytest.mark.embedded
def test_a_batch_is_taken_without_sorting_all_that_are_due(alices):
    with CaptureQueriesContext(connection) as captured:
        assert send._take(DUE) == [alices]
    [looked_up] = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {looked_up}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "digests_due" in plan
    assert "TEMP B-TREE" not in plan


def test_a_mail_server_that_is_away_is_waited_for_with_growing_patience(
    post_office, alice, alices, settings, monkeypatch
):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert sweep() == {"failed": 1}
    assert sweep() == {}
    assert sweep(DUE + AGAIN_AFTER) == {"failed": 1}
    assert sweep(DUE + 2 * AGAIN_AFTER) == {}
    settings.EMAIL_PORT = port
    assert sweep(DUE + 3 * AGAIN_AFTER) == {"sent": 1}
    alices.refresh_from_db()
    assert (alices.tries, alices.due) == (0, DUE + WEEK)


def test_what_a_server_refuses_for_now_is_tried_again_and_holds_up_nobody(
    post_office, alice, alices, bob, tags
):
    chosen(bob, tags["us"])
    post_office.answers[alice.email] = "450 Mailbox busy"
    assert sweep() == {"failed": 1, "sent": 1}
    post_office.answers.clear()
    assert sweep(DUE + AGAIN_AFTER) == {"sent": 1}
    assert [mail["To"] for mail in post_office.mails] == [bob.email, alice.email]


def test_full_mailboxes_however_many_say_nothing_of_the_server(post_office, asked, tags):
    full = [chosen(make.account(), tags["us"]).account for _ in range(FAILURES)]
    post_office.answers.update({account.email: "452 Mailbox full" for account in full})
    last = chosen(make.account(), tags["us"], now=CHOSEN_AT + timedelta(hours=1)).account
    assert sweep() == {"failed": FAILURES, "sent": 1}
    assert len(post_office.to(last)) == 1


def test_a_server_that_takes_nothing_is_left_in_peace(post_office, asked, tags):
    for _ in range(6):
        chosen(make.account(), tags["us"])
    post_office.at_data = "554 Not today"
    assert sweep() == {"failed": 6}
    assert {digest.told_hour for digest in Digest.objects.all()} == {Digest.objects.first().told_hour}
    post_office.at_data = "250 OK"
    assert sweep(DUE + AGAIN_AFTER) == {"sent": 6}


def test_an_address_that_is_refused_four_times_gets_no_more(post_office, alice, alices, mia, settings):
    post_office.answers[alice.email] = "550 No such user"
    ends = []
    for week in range(REFUSALS + 1):
        ends.append(sweep(DUE + week * WEEK))
        make.thread("published", by=mia, now=DUE + week * WEEK)
    assert ends == [{"refused": 1}] * (REFUSALS - 1) + [{"bounced": 1}, {}]
    alices.refresh_from_db()
    assert (alices.every, alices.last) == ("off", "bounced")


def test_refusals_count_in_a_row(post_office, alice, alices, mia):
    Digest.objects.update(refusals=REFUSALS - 1)
    assert sweep() == {"sent": 1}
    alices.refresh_from_db()
    assert alices.refusals == 0


def test_a_connection_lost_while_handing_over_is_uncertain_and_not_repeated(post_office, alice, alices):
    post_office.at_data = "hang up"
    assert sweep() == {"uncertain": 1}
    post_office.at_data = "250 OK"
    assert sweep(DUE + LEASE) == {}
    assert Digest.objects.get().due == DUE + WEEK


def test_a_connection_that_the_server_closed_between_two_is_opened_anew(
    post_office, alice, alices, bob, tags, monkeypatch
):
    chosen(bob, tags["us"])
    hand_over = send.hand_over

    def and_hang_up(message, mail):
        end = hand_over(message, mail)
        mail.connection.sock.close()
        return end

    monkeypatch.setattr(send, "hand_over", and_hang_up)
    assert sweep() == {"sent": 2}


def test_who_is_read_by_nobody_for_ninety_days_is_told_once_and_no_more(post_office, alice, alices, mia):
    for week in range(1, 15):
        make.thread("published", by=mia, now=DUE + week * WEEK - timedelta(days=1))
    ends = [sweep(DUE + week * WEEK) for week in range(16)]
    sent = [end for end in ends if end]
    last = alices.seen_week + send.UNREAD
    assert sent[:-1] == [{"sent": 1}] * (len(sent) - 1)
    assert sent[-1] == {"stopped": 1}
    assert DUE.date() + (len(sent) - 1) * WEEK > last >= DUE.date() + (len(sent) - 2) * WEEK
    said = ["90 days" in mail.get_body().get_content() for mail in post_office.mails]
    assert said == [False] * (len(sent) - 1) + [True]


def test_whoever_signs_in_goes_on_getting_it(client, post_office, alice, alices):
    long_ago = DUE.date() - send.UNREAD - WEEK
    Digest.objects.update(seen_week=long_ago)
    client.post("/accounts/login/", {"login": alice.email, "password": make.PASSWORD})
    alices.refresh_from_db()
    assert alices.seen_week > long_ago
    assert alices.seen_week.weekday() == 6  # of the day no more than its week is kept


def test_a_row_of_which_nothing_can_be_made_stops_no_other(post_office, alice, alices, bob, tags, caplog):
    chosen(bob, tags["us"])
    Digest.objects.filter(account=alice).update(zone="Atlantis/Gone")
    assert sweep() == {"failed": 1, "sent": 1}
    assert len(post_office.to(bob)) == 1
    assert Digest.objects.get(account=alice).try_at == DUE + AGAIN_AFTER
    assert "ZoneInfoNotFoundError" in caplog.text
    assert alice.email not in caplog.text


def test_those_chosen_within_the_hour_share_one_look_as_well(post_office, asked, tags):
    counts = []
    for more in (1, 9):
        for _ in range(more):
            chosen(make.account(), tags["us"], now=DUE + timedelta(minutes=1))
        Digest.objects.update(try_at=DUE, due=DUE)
        with CaptureQueriesContext(connection) as queries:
            sweep(DUE + timedelta(minutes=2))
        counts.append(len(queries))
    assert counts[1] - counts[0] == 9  # the end of each


def test_a_choice_made_while_it_is_sent_stands(post_office, alice, alices, monkeypatch):
    hand_over = send.hand_over

    def while_turning_it_off(message, mail):
        Digest.objects.update(every="off")
        return hand_over(message, mail)

    monkeypatch.setattr(send, "hand_over", while_turning_it_off)
    sweep()
    assert Digest.objects.get().every == "off"


def test_another_workers_digest_is_left_to_it(post_office, alice, alices):
    batch = send._take(DUE)
    assert sweep() == {}
    Digest.objects.update(try_at=DUE + 2 * LEASE)  # taken by somebody else, long after
    [made] = send._made(batch, {}, lambda: DUE)
    with get_connection() as mail:
        assert send._deal_with(made, mail, DUE) == "taken"
    assert not post_office.mails


def test_a_fault_in_one_says_nothing_of_it_in_the_log(post_office, alice, alices, monkeypatch, caplog):
    monkeypatch.setattr(smtplib.SMTP, "sendmail", lambda *call, **more: 1 / 0)
    assert sweep() == {"uncertain": 1}
    assert alice.email not in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_command_says_how_many_came_to_which_end(post_office, alice, alices, capsys):
    Digest.objects.update(try_at=DUE - WEEK, seen_week=timezone.now().date())
    call_command("send_digests")
    call_command("send_digests")
    assert capsys.readouterr().out.splitlines() == ["1 sent.", "No digest is due."]
