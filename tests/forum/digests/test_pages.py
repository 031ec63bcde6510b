"""Choosing a digest, seeing it before, and ending it by the link in a mail."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.test import Client

from forum.actions.follow import follow
from forum.models import Digest, Thread
from forum.unsubscribe import hash_of, link_of
from tests import make
from tests.forum.digests.conftest import CHOSEN_AT, DUE, chosen
from tests.pages import masked
from tests.races import Crossing

HERE, PREVIEW = "/my/settings/digest/", "/my/settings/digest/preview/"
CHOICE = {
    "every": "week",
    "weekday": "3",
    "at_hour": "18",
    "zone": "America/Denver",
    "about": "followed",
    "shows": "titles",
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_of(digest: Digest) -> str:
    return "/" + link_of(digest).split("/", 3)[3]


def test_it_is_off_until_it_is_chosen(carols):
    page = carols.get(HERE).content.decode()
    assert "You get no digest" in page
    assert "data-zone" in page  # the browser suggests its own
    assert not Digest.objects.exists()


def test_a_choice_is_kept_and_the_next_is_said_by_the_members_clock(carols, carol):
    assert carols.post(HERE, CHOICE).headers["Location"] == f"{HERE}?saved"
    digest = Digest.objects.get(account=carol)
    assert {name: str(getattr(digest, name)) for name in CHOICE} == CHOICE
    assert digest.due == digest.try_at > datetime.now(UTC)
    page = carols.get(HERE).content.decode()
    assert "Thursday" in page
    assert "18:00" in page
    assert 'value="America/Denver" selected' in page
    assert "data-zone" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every", "hour"),
        ("weekday", "7"),
        ("at_hour", "24"),
        ("zone", "Mars/Base"),
        ("shows", ""),
        ("about", "x"),
    ],
)
def test_what_cannot_be_chosen_is_refused_beside_its_field(carols, field, value):
    response = carols.post(HERE, {**CHOICE, field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Digest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_first_choice_sent_twice_at_once_is_one(carol, tags, monkeypatch):
    browsers = [make.browser(carol) for _ in range(2)]
    sent = [lambda browser=browser: browser.post(HERE, CHOICE) for browser in browsers]
    assert Crossing(monkeypatch).of(sent[0], "forum.actions.digest.next_due", sent[1]) == [None, None]
    assert Digest.objects.get().every == "week"


def test_what_became_of_the_last_one_is_said(carols, carol):
    chosen(carol)
    for last, said in [("sent", "Last time, on 9 March 2026: sent."), ("uncertain", "perhaps not sent")]:
        Digest.objects.update(last=last, last_on=DUE.date())
        assert said in carols.get(HERE).content.decode()


def test_whoever_turns_it_on_again_is_not_told_what_is_old(alice, tags):
    digest = chosen(alice, tags["us"])
    for every, days in [("off", 10), ("week", 20)]:
        digest = chosen(alice, every=every, now=CHOSEN_AT + timedelta(days=days))
    assert digest.told_hour == (CHOSEN_AT + timedelta(days=20)).replace(minute=0)
    again = chosen(alice, every="day", now=CHOSEN_AT + timedelta(days=25))
    assert again.told_hour == digest.told_hour


def test_another_hour_brings_no_second_one_on_the_same_day(alice, tags):
    chosen(alice, tags["us"], every="day", at_hour=7)
    now = CHOSEN_AT + timedelta(days=3)
    Digest.objects.update(last="sent", last_on=now.date())
    assert chosen(alice, every="day", at_hour=20, now=now).due.date() == now.date() + timedelta(days=1)
    Digest.objects.update(last="empty")
    assert chosen(alice, every="day", at_hour=20, now=now).due.date() == now.date()


def test_the_preview_shows_what_would_be_said(carols, carol, tags, mia):
    now = datetime.now(UTC)
    assert "Nothing" not in carols.get(PREVIEW).content.decode()
    assert "no mail would have been sent" in carols.get(PREVIEW).content.decode()
    make.thread("published", by=mia, now=now - timedelta(days=2), title="May I <i>hug</i> a client?")
    make.thread("published", by=mia, now=now - timedelta(days=20), title="Of last month")
    follow(tags["us"], by=carol)
    assert "1 new thread" in carols.get(PREVIEW).content.decode()
    carols.post(HERE, CHOICE)
    page = carols.get(PREVIEW).content.decode()
    assert "May I &lt;i&gt;hug&lt;/i&gt; a client?" in page
    assert "unsubscribe" not in page
    assert "Of last month" not in page
    Thread.objects.filter(hour__gt=now - timedelta(days=10)).update(hour=now - timedelta(days=12))
    assert "Of last month" in carols.get(PREVIEW).content.decode()
    assert carols.get(HERE).content.decode().count('class="chip"') == 1


@pytest.fixture
def alices(alice, tags) -> Digest:
    return chosen(alice, tags["us"])


def test_a_look_at_the_link_changes_nothing(client, alices):
    path = path_of(alices)
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    assert client.options(path).status_code == 405
    assert Digest.objects.get().every == "week"


def test_one_click_ends_that_digest_alone_without_cookie_or_page(alices, bob, tags):
    chosen(bob, tags["us"])
    provider = Client(enforce_csrf_checks=True)
    response = provider.post(path_of(alices), ONE_CLICK)
    assert response.status_code == 200
    assert not response.cookies
    assert list(Digest.objects.order_by("every").values_list("every", flat=True)) == ["off", "week"]
    ended = Digest.objects.get(pk=alices.pk)
    assert (ended.last, ended.last_on) == ("left", datetime.now(UTC).date())


def test_good_used_and_unknown_links_are_answered_alike(client, alices):
    good = path_of(alices)
    unknown = good[:-3] + ("AA/" if good[-3:] != "AA/" else "BB/")
    answers = [
        masked(client.post(path, ONE_CLICK)) for path in (good, good, unknown, "/digest/unsubscribe/x/")
    ]
    assert len(set(answers)) == 1
    looks = [masked(client.get(path)) for path in (good, unknown)]
    assert looks[0] == looks[1]
    assert alices.account.email.encode() not in looks[0] + answers[0]


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "Yes"}, {**ONE_CLICK, "every": "day"}])
def test_no_other_body_ends_it(client, alices, body):
    assert client.post(path_of(alices), body).status_code == 400
    assert Digest.objects.get().every == "week"


def test_a_link_turns_nothing_on(client, alices):
    Digest.objects.update(every="off", last="bounced")
    client.post(path_of(alices), ONE_CLICK)
    assert (Digest.objects.get().every, Digest.objects.get().last) == ("off", "bounced")


def test_links_of_another_address_end_nothing(client, alice, alices):
    before = path_of(alices)
    address = EmailAddress.objects.get(user=alice)
    email_changed.send(sender=type(alice), user=alice, from_email_address=address, to_email_address=address)
    client.post(before, ONE_CLICK)
    renewed = Digest.objects.get()
    assert renewed.every == "week"
    assert bytes(renewed.token_hash) == hash_of(path_of(renewed).split("/")[-2])
    client.post(path_of(renewed), ONE_CLICK)
    assert Digest.objects.get().every == "off"
