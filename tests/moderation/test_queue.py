"""The desk: what waits, in which order, and that deciding works through its pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.actions.claim import claim
from moderation.models import Decision
from tests import make, typed

NOTE = "Please leave out the name of the gym."


@pytest.fixture
def desk(client, mia):
    client.force_login(mia)
    return client


def test_urgent_first_then_the_oldest(desk, alice, now):
    for hours, urgency in [(1, "routine"), (0, "soon"), (2, "urgent"), (1, "urgent")]:
        make.thread(
            title=f"Question of hour {hours}, {urgency}", now=now + timedelta(hours=hours), urgency=urgency
        )
    page = desk.get("/moderation/queue/").content.decode()
    order = ["1, urgent", "2, urgent", "0, soon", "1, routine"]
    places = [page.index(f">Question of hour {each}<") for each in order]
    assert places == sorted(places)
    assert "4 waiting" in page


def test_the_queue_shows_no_author(desk, alice, bob, pending_thread, pending_anonymous_thread):
    for address in ["/moderation/queue/", make.item(pending_thread).get_absolute_url()]:
        page = desk.get(address).content.decode()
        assert "Alice" not in page
        assert "Bob" not in page


def test_the_live_client_asks_for_the_list_alone(desk, pending_thread):
    part = desk.get("/moderation/queue/", headers={"HX-Request": "true"}).content.decode()
    assert pending_thread.title in part
    assert "<html" not in part


def test_an_item_shows_who_is_reading_it(desk, pending_item, mo):
    address = pending_item.get_absolute_url()
    assert "Take it to decide" in desk.get(address).content.decode()
    claim(pending_item, by=mo, now=timezone.now())
    assert "Mo is reading this" in desk.get(address).content.decode()
    assert "Mo is reading this" in desk.get("/moderation/queue/").content.decode()


def test_ones_own_question_is_shown_as_a_colleagues_to_decide(desk, mia):
    page = desk.get(make.item(make.thread(author=mia)).get_absolute_url()).content.decode()
    assert "a colleague decides about it" in page
    assert "Take it" not in page


def test_take_and_publish_through_the_pages(desk, pending_item, pending_thread):
    address = pending_item.get_absolute_url()
    assert desk.post(f"{address}claim/")["Location"] == address
    page = desk.get(address).content.decode()
    assert 'name="version" value="1"' in page
    answer = desk.post(f"{address}publish/", {"version": 1})
    assert answer["Location"] == pending_thread.get_absolute_url()
    assert "Published by Mia" in desk.get(address).content.decode()
    assert desk.get("/").content.count(pending_thread.public_id.encode()) > 0


@pytest.mark.parametrize("deed", ["return", "decline"])
def test_a_note_goes_with_returning_and_declining(desk, pending_item, deed):
    address = pending_item.get_absolute_url()
    desk.post(f"{address}claim/")
    missing = desk.post(f"{address}{deed}/", {f"{deed}-version": 1, f"{deed}-note": ""})
    assert missing.status_code == 422
    assert "Please write what the author should know." in missing.content.decode()
    short = desk.post(f"{address}{deed}/", {f"{deed}-version": 1, f"{deed}-note": "No."})
    assert "at least a sentence" in short.content.decode()
    assert ">No.</textarea>" in short.content.decode().replace("\n", "")
    assert not Decision.objects.exists()
    done = desk.post(f"{address}{deed}/", {f"{deed}-version": 1, f"{deed}-note": NOTE})
    assert (done.status_code, done["Location"]) == (303, "/moderation/queue/")
    assert Decision.objects.get().note == NOTE


def test_a_note_that_comes_too_late_is_kept_on_the_page(desk, pending_item, mo):
    claim(pending_item, by=mo, now=timezone.now())
    form = {"return-version": 1, "return-note": f"{NOTE} {typed.CANARY}"}
    answer = desk.post(f"{pending_item.get_absolute_url()}return/", form)
    assert answer.status_code == 409
    assert "A colleague is working on this item" in answer.content.decode()
    assert typed.CANARY in answer.content.decode()


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999999999999"])
def test_a_decision_without_a_version_is_none(desk, pending_item, version):
    answer = desk.post(f"{pending_item.get_absolute_url()}publish/", {"version": version})
    assert answer.status_code in (409, 422)
    assert not Decision.objects.exists()


def test_a_lost_race_for_an_item_is_told_in_a_sentence(desk, pending_item, mo):
    claim(pending_item, by=mo, now=timezone.now())
    answer = desk.post(f"{pending_item.get_absolute_url()}claim/")
    assert answer.status_code == 409
    assert "A colleague is working on this item" in answer.content.decode()


def test_the_page_renews_its_claim_without_being_left(desk, pending_item):
    headers = {"X-Requested-With": "fetch"}
    assert desk.post(f"{pending_item.get_absolute_url()}claim/", headers=headers).status_code == 204
    assert desk.post(f"{pending_item.get_absolute_url()}release/")["Location"] == "/moderation/queue/"


def test_the_thread_so_far_stands_beside_a_later_text(desk, published_thread, vera):
    post = make.post(published_thread, "perspective", author=vera, state="pending", body=make.REPLY * 2)
    page = desk.get(make.item(post).get_absolute_url()).content.decode()
    assert make.BODY in page
    assert "Vera" not in page
