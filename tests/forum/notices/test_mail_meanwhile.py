"""What changes while a round of mails lasts, and how little of it may be told by the notes in the vault."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from anonymity import vault
from anonymity.models import Rate
from forum.models import NoticeSettings
from forum.notices import fanout, mail
from forum.notices.mail import open_round, send_round
from forum.unsubscribe import token_of, unsubscribe
from tests import make
from tests.forum.notices.conftest import HALF_HOUR, chosen, mailed, says_something
from tests.make import NOW

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("own", [True, False])
def test_as_many_notes_when_the_last_of_them_fail_and_are_made_again(
    post_office, alice, bob, mia, monkeypatch, own
):
    """Alice is told by name, and a persona that is hers or not (T-2W)."""
    make.thread("published", author=alice, by=mia, now=NOW)
    make.thread("published", author=alice if own else bob, anonymous=True, by=mia, now=NOW)
    fanout.tell_all()
    before = Rate.objects.count()
    open_round(NOW)
    with monkeypatch.context() as patch:
        fill = vault.fill_mail_notes

        def closed_afterwards(*given):
            fill(*given)
            raise vault.VaultUnavailable

        patch.setattr(vault, "fill_mail_notes", closed_afterwards)
        send_round(lambda: NOW)
    send_round(lambda: NOW + timedelta(minutes=16))
    assert Rate.objects.count() - before == 2


@pytest.mark.parametrize("own", [True, False])
def test_as_many_notes_when_quiet_hours_begin_in_a_round(post_office, alice, bob, carol, mia, own):
    half = NOW.replace(hour=10, minute=30)
    chosen(alice, quiet_from=11, quiet_to=20)
    make.thread("published", author=alice, by=mia, now=half)
    make.thread("published", author=alice if own else bob, anonymous=True, by=mia, now=half)
    make.thread("published", author=carol, by=mia, now=half)
    fanout.tell_all()
    before = Rate.objects.count()
    open_round(half)
    post_office.answers[carol.email] = "450 Later"
    send_round(lambda: half + timedelta(minutes=1))
    post_office.answers.clear()
    send_round(lambda: half + timedelta(minutes=31))
    assert Rate.objects.count() - before == 3


def test_a_filter_that_wants_none_of_three_mails_holds_up_nobody_else(post_office, mia):
    three = [make.account() for _ in range(3)]
    for author in three:
        make.thread("published", author=author, by=mia, now=NOW)

    async def handle_DATA(server, session, envelope):
        if {each.email for each in three} & set(envelope.rcpt_tos):
            return "550 5.7.1 Our filter does not like this"
        post_office.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    post_office.handle_DATA = handle_DATA
    mailed()
    other = make.account()
    make.thread("published", author=other, by=mia, now=NOW + HALF_HOUR)
    fanout.tell_all()
    for minutes in range(30, 120, 5):
        at = NOW + timedelta(minutes=minutes)
        send_round(lambda at=at: at)
        open_round(at)
    assert len(post_office.to(other)) == 1


def test_three_full_mailboxes_hold_up_nobody_in_the_half_hour(post_office, mia, monkeypatch):
    people = [make.account() for _ in range(5)]
    for author in people:
        make.thread("published", author=author, by=mia, now=NOW)
    monkeypatch.setattr(mail, "_turn", lambda account, _: account)  # the full ones first
    post_office.answers |= {each.email: "452 Mailbox full" for each in people[:3]}
    mailed()
    assert [len(post_office.to(each)) for each in people] == [0, 0, 0, 1, 1]


def test_a_full_mailbox_brings_nobody_a_second_mail_after_quiet_hours(post_office, alice, bob, mia):
    chosen(alice, quiet_from=22, quiet_to=7)
    evening = NOW.replace(hour=21, minute=30)
    for author in (alice, bob):
        make.thread("published", author=author, by=mia, now=evening)
    post_office.answers[bob.email] = "452 Mailbox full"
    mailed(evening)
    for turn in range(1, 140):
        at = evening + timedelta(minutes=5 * turn)
        send_round(lambda at=at: at)
        open_round(at)
    assert len(post_office.to(alice)) == 1


def test_who_ends_them_while_a_sweep_goes_on_gets_none(post_office, alice, bob, mia, monkeypatch):
    for author in (alice, bob):
        make.thread("published", author=author, by=mia, now=NOW)
    hand = mail.hand_over

    def while_the_other_unsubscribes(message, connection):
        other = bob if message.to == [alice.email] else alice
        unsubscribe(token_of(NoticeSettings.objects.get(account=other)), now=NOW)
        return hand(message, connection)

    monkeypatch.setattr(mail, "hand_over", while_the_other_unsubscribes)
    mailed()
    assert len(post_office.mails) == 1


def test_the_link_of_a_new_mail_works_after_the_secret_was_changed(post_office, alice, mia, client, settings):
    made = make.thread("published", author=alice, by=mia, now=NOW)
    assert mailed() == {"sent": 1}
    settings.SECRET_KEY = "another one, as after the first was seen by somebody"
    says_something(made, NOW + HALF_HOUR)
    assert mailed(NOW + HALF_HOUR) == {"sent": 1}
    link = post_office.to(alice)[-1]["List-Unsubscribe"].strip(" <>")
    assert client.post("/" + link.split("/", 3)[3], ONE_CLICK).status_code == 200
    assert NoticeSettings.objects.get(account=alice).mail == []


def test_a_page_from_before_they_were_ended_begins_them_not_again(alice, client):
    chosen(alice)
    client.force_login(alice)
    address = "/my/settings/notices/"
    form = client.get(address).context["form"]
    before = {name: form[name].value() for name in ("inbox", "live", "mail", "zone")}
    before |= {"quiet_from": 22, "quiet_to": 7, "ended": form.ended_now}
    before = {name: [each for each in value if each != "desk"] if isinstance(value, list) else value
              for name, value in before.items()}  # fmt: skip
    unsubscribe(token_of(NoticeSettings.objects.get(account=alice)), now=NOW)
    page = client.post(address, before)
    assert page.status_code == 422
    assert "ended meanwhile" in page.content.decode()
    assert '<option value="22" selected>' in page.content.decode()
    assert NoticeSettings.objects.get(account=alice).mail == []
    assert client.post(address, before | {"ended": page.context["form"].ended_now}).status_code == 303
    assert NoticeSettings.objects.get(account=alice).mail
