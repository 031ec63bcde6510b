"""What changes while a sweep of digests goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forum.digests import send
from forum.digests.send import send_due
from forum.models import Digest
from forum.unsubscribe import token_of, unsubscribe
from tests import make
from tests.forum.digests.conftest import DUE, SAID, chosen


def test_who_ends_it_while_its_batch_is_sent_gets_none(post_office, alice, bob, mia, tags, monkeypatch):
    make.thread("published", by=mia, now=SAID)
    of = {account.email: chosen(account, tags["us"]) for account in (alice, bob)}
    hand = send.hand_over

    def while_the_other_unsubscribes(message, mail):
        [other] = of.keys() - set(message.to)
        unsubscribe(token_of(of[other]), now=DUE)
        return hand(message, mail)

    monkeypatch.setattr(send, "hand_over", while_the_other_unsubscribes)
    send_due(lambda: DUE)
    assert len(post_office.mails) == 1
    assert Digest.objects.get(every="off").last == "left"


def test_a_sweep_ends_when_its_time_is_over_and_leaves_the_rest_to_the_next(post_office, mia, tags):
    make.thread("published", by=mia, now=SAID)
    for _ in range(8):
        chosen(make.account(), tags["us"])
    clock = [DUE]

    def slow_clock():
        clock[0] += timedelta(seconds=5)
        return clock[0]

    send_due(slow_clock, until=DUE + timedelta(seconds=40))
    assert clock[0] - DUE < timedelta(seconds=80)
    first = len(post_office.mails)
    assert 0 < first < 8
    send_due(lambda: clock[0])
    assert len({mail["To"] for mail in post_office.mails}) == len(post_office.mails) == 8


@pytest.mark.parametrize("page", ["", "preview/"])
def test_a_zone_that_is_no_more_breaks_no_page(client, alice, tags, page):
    chosen(alice, tags["us"], now=timezone.now())
    Digest.objects.update(zone="Europe/Atlantis")
    client.force_login(alice)
    answer = client.get(f"/my/settings/digest/{page}")
    assert answer.status_code == 200
    assert ("data-zone" in answer.content.decode()) == (page == "")  # the form offers the browser's own


def test_a_page_from_before_it_was_ended_begins_it_not_again(client, alice, tags):
    made = chosen(alice, tags["us"], now=timezone.now())
    client.force_login(alice)
    address = "/my/settings/digest/"
    form = client.get(address).context["form"]
    before = {name: form[name].value() for name in form.fields} | {"at_hour": 9, "ended": form.ended_now}
    unsubscribe(token_of(made), now=timezone.now())
    page = client.post(address, before)
    assert page.status_code == 422
    assert "ended meanwhile" in page.content.decode()
    assert Digest.objects.get().every == "off"
    assert client.post(address, before | {"ended": page.context["form"].ended_now}).status_code == 303
    assert Digest.objects.get().every == made.every != "off"
