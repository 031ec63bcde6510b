"""The moderators' page about the author of an anonymous post: what it shows, does and records."""

import re

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.access import NotAllowed
from anonymity import vault
from anonymity.hour import hour_of
from anonymity.models import Block
from moderation.actions.silence import lift_pause, mute, pause_author, unmute
from moderation.models import AuditEvent
from tests import make

DEEDS = {
    "mute": "persona.muted",
    "unmute": "persona.unmuted",
    "pause": "author.paused",
    "lift": "pause.lifted",
}


@pytest.fixture
def question(anonymous_thread):
    return make.question(anonymous_thread)


@pytest.fixture
def page(question) -> str:
    return f"/moderation/posts/{question.pk}/author/"


@pytest.fixture
def mos(mo) -> Client:
    client = Client()
    client.force_login(mo)
    return client


def recorded(persona) -> list[str]:
    return [event.kind for event in AuditEvent.objects.about(persona)]


def test_it_shows_the_label_and_what_that_persona_wrote_in_this_thread_alone(
    mos, page, anonymous_thread, bob, vera, mo
):
    make.post(
        anonymous_thread, "clarification", by=mo, body="A clarification of the same persona, at length."
    )
    make.post(
        anonymous_thread, "update", state="returned", by=mo, body="An update that was returned, at length."
    )
    make.post(
        anonymous_thread, "perspective", author=vera, anonymous=True, by=mo, body="Of another persona here."
    )
    make.thread("published", author=bob, anonymous=True, by=mo, title="Another thread of the same author")
    shown = mos.get(page).content.decode()
    assert "<h1>Anonymous author</h1>" in shown
    assert "A clarification of the same persona" in shown
    assert "An update that was returned" in shown
    assert "Of another persona here" not in shown
    assert "Another thread of the same author" not in shown
    assert not re.search(r"\bbob\b", shown, re.IGNORECASE)


def test_its_address_and_page_hold_no_id_of_the_persona(mos, page, question):
    shown = mos.get(page).content.decode() + page
    assert question.persona_id.hex not in shown.replace("-", "")


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_is_recorded_about_the_persona_by_the_moderator_and_to_the_hour(
    mos, page, question, mo, deed
):
    if deed == "unmute":
        mute(question.persona, by=mo, now=timezone.now())
    response = mos.post(f"{page}{deed}/", {"days": "7"})
    assert (response.status_code, response["Location"]) == (303, f"{page}#record")
    event = AuditEvent.objects.about(question.persona).first()
    assert (event.kind, event.by, event.about) == (DEEDS[deed], mo, f"persona {question.persona_id}")
    assert event.hour == hour_of(event.hour)
    assert "Mo, " in mos.get(page).content.decode()


def test_muting_opens_no_seal_and_what_is_done_already_is_not_recorded_twice(mos, page, question):
    opened, rows = vault.openings(), Block.objects.count()
    for _ in range(2):
        assert mos.post(f"{page}mute/").status_code == 303
    assert "Let them write here again" in mos.get(page).content.decode()
    for _ in range(2):
        assert mos.post(f"{page}unmute/").status_code == 303
    assert recorded(question.persona) == ["persona.unmuted", "persona.muted"]
    assert (vault.openings(), Block.objects.count()) == (opened, rows)


@pytest.mark.parametrize("days", ["", "0", "-7", "8", "365", "seven", None])
def test_other_lengths_are_refused_beside_the_field(mos, page, question, days):
    response = mos.post(f"{page}pause/", {} if days is None else {"days": days})
    assert response.status_code == 422
    assert 'id="id_days_error"' in response.content.decode()
    assert not recorded(question.persona)
    assert not Block.objects.exists()


def test_a_vault_out_of_order_pauses_and_records_nothing(mos, page, question, monkeypatch):
    def broken(*arguments, **details):
        raise DatabaseError

    monkeypatch.setattr("anonymity.rows.inserted", broken)
    assert mos.post(f"{page}pause/", {"days": "7"}).status_code == 503
    assert not recorded(question.persona)


@pytest.mark.parametrize("deed", [mute, unmute, lift_pause, pause_author])
def test_only_moderators_do_it(question, carol, admin, deed):
    details = {"days": 7} if deed is pause_author else {}
    for somebody in (carol, admin):
        with pytest.raises(NotAllowed):
            deed(question.persona, by=somebody, now=timezone.now(), **details)
    assert not recorded(question.persona)


def test_a_moderator_who_wrote_it_may_do_the_same_as_any_other(mia, mo):
    """A moderator who were kept from it would be known to have asked (leak 14)."""
    question = make.question(make.thread("published", author=mia, anonymous=True, by=mo))
    for moderator in (mia, mo):
        client = Client()
        client.force_login(moderator)
        for deed in DEEDS:
            address = f"/moderation/posts/{question.pk}/author/{deed}/"
            assert client.post(address, {"days": "30"}).status_code == 303


def test_moderators_find_it_from_the_review_page_and_from_each_anonymous_post(
    mos, page, anonymous_thread, published_thread, vera, mo, client, carol
):
    waiting = make.post(anonymous_thread, "clarification", state="pending")
    view = make.post(anonymous_thread, "perspective", author=vera, anonymous=True, by=mo)
    item = mos.get(make.item(waiting).get_absolute_url()).content.decode()
    assert f"/moderation/posts/{waiting.pk}/author/" in item
    address = anonymous_thread.get_absolute_url()
    shown = mos.get(address).content.decode()
    assert page in shown
    assert f"/moderation/posts/{view.pk}/author/" in shown
    assert "/moderation/posts/" not in mos.get(published_thread.get_absolute_url()).content.decode()
    client.force_login(carol)
    assert "/moderation/posts/" not in client.get(address).content.decode()


def test_an_author_is_found_from_a_thread_that_was_withdrawn(mos, bob, mo):
    question = make.question(make.thread("withdrawn", author=bob, anonymous=True, by=mo))
    assert mos.post(f"/moderation/posts/{question.pk}/author/pause/", {"days": "30"}).status_code == 303
    assert vault.paused_until(bob, timezone.now())


def test_what_was_done_with_their_texts_stands_in_the_record(mos, page, question):
    record = mos.get(page).content.decode().partition('id="record-head"')[2].partition("</section>")[0]
    assert "Question published: Mia" in record
