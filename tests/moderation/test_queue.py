"""The desk: what waits, in which order, and that deciding works through its pages."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.appoint import appoint
from forum.actions.revise import resubmit_question
from moderation.actions.claim import CLAIM_LASTS, claim
from moderation.actions.decide import hold
from moderation.forms import TO_CHANGE, WHY_NOT
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


def sent_with_a_note(desk, item, deed="return", version=1) -> str:
    """A decision with a note that is refused: the page that answers."""
    form = {f"{deed}-version": version, f"{deed}-note": f"{NOTE} {typed.CANARY}"}
    answer = desk.post(f"{item.get_absolute_url()}{deed}/", form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert typed.CANARY in page
    return page


@pytest.mark.parametrize("deed", ["return", "decline"])
def test_a_note_that_comes_too_late_is_kept_on_the_page(desk, pending_item, mo, deed):
    claim(pending_item, by=mo, now=timezone.now())
    page = sent_with_a_note(desk, pending_item, deed)
    assert "Mo is reading this." in page
    assert "Take it" not in page
    make.decide_on(pending_item.post, "published", by=mo, now=timezone.now())
    page = sent_with_a_note(desk, pending_item, deed)
    assert "Mo has decided about this already." in page
    assert Decision.objects.count() == 1


def test_a_note_is_kept_when_the_hold_ran_out_and_stands_in_its_field_when_it_is_taken_again(
    desk, pending_item, mia
):
    claim(pending_item, by=mia, now=timezone.now() - CLAIM_LASTS)
    page = sent_with_a_note(desk, pending_item, "decline")
    assert "Your hold on this has run out. Take it again" in page
    assert not Decision.objects.exists()
    carried = re.search(r'name="decline-note" value="([^"]+)"', page)
    taken = desk.post(f"{pending_item.get_absolute_url()}claim/", {"decline-note": carried[1]})
    assert taken.status_code == 200
    (open_form,) = re.findall(r"<details[^>]* open>(.*?)</details>", taken.content.decode(), re.DOTALL)
    assert "Decline it with a reason" in open_form
    assert typed.CANARY in open_form
    form = {"decline-version": 1, "decline-note": carried[1]}
    assert desk.post(f"{pending_item.get_absolute_url()}decline/", form).status_code == 303
    assert typed.CANARY in Decision.objects.get().note


def test_publishing_when_the_hold_ran_out_publishes_nothing(desk, pending_item, mia):
    claim(pending_item, by=mia, now=timezone.now() - CLAIM_LASTS)
    answer = desk.post(f"{pending_item.get_absolute_url()}publish/", {"version": 1})
    assert answer.status_code == 409
    assert "Take it to decide" in answer.content.decode()
    assert not Decision.objects.exists()


def test_of_a_text_that_changed_meanwhile_the_new_one_is_shown_beside_the_note(desk, alice, mia, mo):
    thread = make.thread("returned", author=alice, by=mo)
    words = "Quite other words than those which stood here before. " * 3
    resubmit_question(make.question(thread), make.draft(body=words), by=alice, now=timezone.now())
    item = make.item(thread)
    claim(item, by=mia, now=timezone.now())
    for page in (
        sent_with_a_note(desk, item),
        desk.post(f"{item.get_absolute_url()}publish/", {"version": 1}).content.decode(),
    ):
        assert "The author changed this text meanwhile" in page
        assert "Quite other words" in page
        assert 'name="return-version" value="2"' in page
    assert not Decision.objects.filter(item=item).exists()
    item.refresh_from_db()
    assert item.holder == mia


def test_what_a_moderator_wrote_who_is_none_any_more_is_there_to_copy(desk, pending_item, mia):
    claim(pending_item, by=mia, now=timezone.now())
    appoint(mia, "member", now=timezone.now())
    pending_item.refresh_from_db()
    assert pending_item.holder is None
    form = {"return-version": 1, "return-note": typed.CANARY}
    for address in (pending_item.get_absolute_url(), "/moderation/no/such/page/"):
        answer = desk.post(f"{address}return/", form)
        assert answer.status_code == 404
        assert typed.CANARY in answer.content.decode()
    desk.logout()
    assert typed.CANARY not in desk.post("/moderation/no/such/page/", form).content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999999999999"])
def test_a_decision_without_a_version_is_none(desk, pending_item, version):
    desk.post(f"{pending_item.get_absolute_url()}claim/")
    answer = desk.post(f"{pending_item.get_absolute_url()}publish/", {"version": version})
    assert answer.status_code in (409, 422)
    assert not Decision.objects.exists()


def test_a_lost_race_for_an_item_is_told_in_a_sentence(desk, pending_item, mo):
    claim(pending_item, by=mo, now=timezone.now())
    answer = desk.post(f"{pending_item.get_absolute_url()}claim/")
    assert answer.status_code == 409
    assert "Mo is reading this." in answer.content.decode()


def test_the_page_renews_its_claim_without_being_left(desk, pending_item):
    headers = {"X-Requested-With": "fetch"}
    assert desk.post(f"{pending_item.get_absolute_url()}claim/", headers=headers).status_code == 204
    assert desk.post(f"{pending_item.get_absolute_url()}release/")["Location"] == "/moderation/queue/"


def test_the_thread_so_far_stands_beside_a_later_text(desk, published_thread, vera):
    post = make.post(published_thread, "perspective", author=vera, state="pending", body=make.REPLY * 2)
    page = desk.get(make.item(post).get_absolute_url()).content.decode()
    assert make.BODY in page
    assert "Vera" not in page


@pytest.mark.parametrize(("deed", "point"), [("return", TO_CHANGE[0]), ("decline", WHY_NOT[0])])
def test_ready_made_notes_reach_the_author_as_a_list_with_the_own_words(desk, pending_item, deed, point):
    address = pending_item.get_absolute_url()
    desk.post(f"{address}claim/")
    key, sentence = point
    assert sentence in desk.get(address).content.decode()
    fields = {f"{deed}-version": 1, f"{deed}-points": [key], f"{deed}-note": "Thanks!"}
    assert desk.post(f"{address}{deed}/", fields)["Location"] == "/moderation/queue/"
    assert Decision.objects.get().note == f"• {sentence}\n\nThanks!"


def test_a_ready_made_note_needs_no_own_words_and_an_unknown_one_is_none(desk, pending_item):
    address = pending_item.get_absolute_url()
    desk.post(f"{address}claim/")
    unknown = desk.post(f"{address}return/", {"return-version": 1, "return-points": ["legal"]})
    assert unknown.status_code == 422
    assert not Decision.objects.exists()
    desk.post(f"{address}return/", {"return-version": 1, "return-points": ["names", "dates"]})
    sentences = dict(TO_CHANGE)
    assert Decision.objects.get().note == f"• {sentences['names']}\n• {sentences['dates']}"


def test_hold_through_the_pages(desk, pending_item):
    address, reason = pending_item.get_absolute_url(), f"Waiting for a second opinion: {typed.CANARY}"
    desk.post(f"{address}claim/")
    short = desk.post(f"{address}hold/", {"hold-version": 1, "hold-reason": "Hm"})
    assert short.status_code == 422
    assert ">Hm</textarea>" in short.content.decode().replace("\n", "")
    held = desk.post(f"{address}hold/", {"hold-version": 1, "hold-reason": reason})
    assert held["Location"] == "/moderation/queue/"
    assert reason in desk.get(address).content.decode()
    queue = desk.get("/moderation/queue/").content.decode()
    assert "Held; why, stands on its page" in queue
    assert reason not in queue  # whose it is, the list does not read, so it can't keep it from them
    assert "Take it to decide" in desk.get(address).content.decode()


def test_its_author_sees_that_a_text_is_held_and_not_why(
    client, pending_thread, pending_item, alice, mia, now
):
    hold(pending_item, typed.CANARY, version=1, by=mia, now=now)
    client.force_login(alice)
    page = client.get(f"/my/threads/{pending_thread.public_id}/").content.decode()
    assert "held for a closer look" in page
    assert typed.CANARY not in page
