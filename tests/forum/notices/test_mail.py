"""Notices by mail: one for a half-hour, of one text, to whoever has not read what it is about."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account
from anonymity.models import Rate
from forum.actions.follow import follow
from forum.models import NoticeSettings
from forum.notices import fanout
from forum.notices.inbox import Inbox
from forum.notices.mail import open_round, send_round
from forum.unsubscribe import link_of
from moderation.actions.threads import hide
from tests import make
from tests.forum.notices.conftest import HALF_HOUR, chosen, mailed, says_something
from tests.make import NOW

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_a_reply_is_mailed_once_to_its_author(post_office, alice, thread):
    says_something(thread)
    assert mailed() == {"sent": 1}
    assert mailed() == mailed(NOW + HALF_HOUR) == mailed(NOW + 2 * HALF_HOUR) == {}
    assert len(post_office.to(alice)) == 1
    says_something(thread, NOW + 3 * HALF_HOUR)
    assert mailed(NOW + 3 * HALF_HOUR) == {"sent": 1}


def test_several_of_a_half_hour_are_one_mail(post_office, alice, thread):
    for _ in range(3):
        says_something(thread)
    make.thread("published", author=alice, by=make.moderator(), now=NOW)
    assert mailed() == {"sent": 1}


def test_nothing_is_mailed_of_what_was_read_meanwhile(post_office, alice, thread):
    says_something(thread)
    fanout.tell_all()
    open_round(NOW)
    Inbox(alice).mark_read()
    assert mailed() == {}


def test_nothing_is_mailed_of_what_can_be_read_no_more(post_office, thread, mia):
    says_something(thread)
    fanout.tell_all()
    open_round(NOW)
    hide(thread, "It names somebody.", by=mia, now=NOW)
    assert dict(send_round(lambda: NOW)) == {}


def test_no_more_than_six_a_day(post_office, alice, thread):
    midnight = NOW.replace(hour=0, minute=0)
    ends = []
    for number in range(9):
        says_something(thread, midnight + number * HALF_HOUR)
        ends.append(mailed(midnight + number * HALF_HOUR))
    assert ends == [{"sent": 1}] * 6 + [{"had theirs": 1}] * 3
    next_day = midnight + timedelta(days=1)
    says_something(thread, next_day)
    assert mailed(next_day) == {"sent": 1}


def test_quiet_hours_are_quiet_and_what_came_in_them_is_mailed_once_afterwards(post_office, alice, thread):
    chosen(alice, quiet_from=22, quiet_to=7, zone="Europe/Berlin")
    evening = NOW.replace(hour=21, minute=0)  # an hour later in Berlin
    says_something(thread, evening)
    nights = [mailed(evening + number * HALF_HOUR) for number in range(18)]
    assert nights == [{}] * 18
    assert mailed(evening + 18 * HALF_HOUR) == {"sent": 1}
    assert mailed(evening + 19 * HALF_HOUR) == {}


def test_a_round_that_comes_late_leaves_who_was_quiet_at_its_time_to_the_next(post_office, alice, thread):
    chosen(alice, quiet_from=22, quiet_to=7)
    morning = NOW.replace(hour=6, minute=30)
    says_something(thread, morning)
    fanout.tell_all()
    open_round(morning)
    assert dict(send_round(lambda: morning + HALF_HOUR)) == {}
    assert mailed(morning + HALF_HOUR) == {"sent": 1}
    assert mailed(morning + 2 * HALF_HOUR) == {}


def test_a_round_that_ends_within_quiet_hours_is_made_up_for_after_them(post_office, alice, thread, settings):
    chosen(alice, quiet_from=22, quiet_to=7)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    evening = NOW.replace(hour=21, minute=30)
    says_something(thread, evening)
    assert mailed(evening) == {}
    settings.EMAIL_PORT = port
    assert dict(send_round(lambda: evening + HALF_HOUR)) == {}
    assert mailed(evening + HALF_HOUR) == {}
    assert mailed(evening + 19 * HALF_HOUR) == {"sent": 1}
    assert mailed(evening + 20 * HALF_HOUR) == {}


@pytest.mark.parametrize(
    ("concern", "expected"), [("replies", {}), ("decisions", {"sent": 1}), ("threads", {"sent": 1})]
)
def test_what_is_not_to_be_mailed_is_not(post_office, alice, thread, concern, expected):
    chosen(alice, mail=[each for each in ("replies", "decisions") if each != concern])
    says_something(thread)
    assert mailed() == expected


def test_new_threads_are_mailed_to_who_chose_that(post_office, alice, bob, mia, tags):
    for account in (alice, bob):
        follow(tags["us"], by=account)
    chosen(bob, mail=["threads"])
    make.thread("published", by=mia, now=NOW)
    mailed()
    assert (len(post_office.to(alice)), len(post_office.to(bob))) == (0, 1)


def test_mails_differ_in_nothing_whatever_is_new_and_for_whom(post_office, alice, bob, mia):
    """T-MAIL: by name or behind a persona, of one notice or of many (leaks 54 to 56, 62)."""
    for author, anonymous, replies in [(alice, True, 1), (bob, False, 4)]:
        made = make.thread("published", author=author, anonymous=anonymous, by=mia, now=NOW)
        for _ in range(replies):
            says_something(made)
    assert mailed()["sent"] == 2
    first, second = (post_office.to(author)[0] for author in (alice, bob))
    assert first.keys() == second.keys()
    for name in set(first.keys()) - {"To", "Message-ID", "List-Unsubscribe", "Content-Type"}:
        assert first[name] == second[name]
    assert first["Message-ID"] != second["Message-ID"]
    said = [without_link(each, author) for each, author in ((first, alice), (second, bob))]
    assert said[0] == said[1]
    assert "Something new in your inbox" in first["Subject"]
    assert "friends" not in said[0]
    assert parsedate_to_datetime(first["Date"]) == NOW  # the round's, which was sent a minute later
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "References" not in first


@pytest.mark.parametrize("asker", ["Alice", "Bob"])
def test_the_notes_of_a_round_are_as_many_as_the_addressees_whoever_they_are(
    post_office, bob, alice, mia, asker
):
    """One mail or two: alone the mail server knows. Read or not makes no difference either."""
    make.thread("published", author=alice, by=mia, now=NOW)
    account = Account.objects.get(display_name=asker)
    make.thread("published", author=account, anonymous=True, by=mia, now=NOW)
    if asker == "Bob":
        fanout.tell_all()
        Inbox(bob).mark_read()
    before = Rate.objects.count()
    assert mailed() == {"sent": 1}
    assert Rate.objects.count() - before == 2


def without_link(message, account: Account) -> str:
    link = link_of(NoticeSettings.objects.get(account=account))
    assert message["List-Unsubscribe"].strip() == f"<{link}>"
    parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    assert all(link in part for part in parts)
    return "".join(parts).replace(link, "LINK")


def test_a_persona_is_not_mailed_of_while_its_pages_are_shut(post_office, alice, mia):
    made = make.thread("published", author=alice, anonymous=True, by=mia, now=NOW)
    alice.anonymous_shut_until = (NOW + timedelta(days=3)).date()
    Account.objects.filter(pk=alice.pk).update(anonymous_shut_until=timezone.now().date() + timedelta(days=3))
    says_something(made)
    assert mailed() == {}


def test_only_confirmed_addresses_of_accounts_that_are_there_get_mail(post_office, alice, thread):
    says_something(thread)
    EmailAddress.objects.update(verified=False)
    assert mailed() == {}
    says_something(thread, NOW + HALF_HOUR)
    EmailAddress.objects.update(verified=True)
    Account.objects.filter(pk=alice.pk).update(is_active=False)
    assert mailed(NOW + HALF_HOUR) == {}


def test_what_is_older_than_a_day_is_mailed_no_more(post_office, thread):
    says_something(thread)
    fanout.tell_all()
    assert mailed(NOW + timedelta(days=2)) == {}


def test_the_link_in_it_ends_these_mails_and_no_digest(post_office, client, alice, thread):
    says_something(thread)
    mailed()
    [message] = post_office.to(alice)
    path = "/" + message["List-Unsubscribe"].strip(" <>").split("/", 3)[3]
    assert client.post(path, ONE_CLICK).status_code == 200
    ended = NoticeSettings.objects.get(account=alice)
    assert (ended.mail, ended.mail_end) == ([], "left")
    assert ended.live == ended.inbox != []
    says_something(thread, NOW + HALF_HOUR)
    assert mailed(NOW + HALF_HOUR) == {}
    chosen(alice)
    assert NoticeSettings.objects.get(account=alice).mail_end == ""


def test_no_row_is_made_or_changed_for_who_is_mailed(post_office, alice, bob, thread):
    """What a dump tells of a round is the same for all accounts."""
    make.moderator("Rosa")
    mailed(NOW - HALF_HOUR)
    before = [list(model.objects.order_by("pk").values()) for model in (Account, NoticeSettings)]
    assert len(before[1]) == len(before[0]) == Account.objects.count()
    says_something(thread)
    assert mailed() == {"sent": 1}
    assert [list(model.objects.order_by("pk").values()) for model in (Account, NoticeSettings)] == before


def test_the_command_mails_what_waits(post_office, alice, mia, capsys):
    make.thread("published", author=alice, by=mia, now=timezone.now())
    call_command("send_notices")
    assert capsys.readouterr().out == "1 sent.\n"
    call_command("send_notices")
    assert "No notice" in capsys.readouterr().out
