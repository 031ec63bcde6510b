"""Muted and paused authors: refused on their own forms with a clear sentence, and no text lost."""

import re
import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.access import TooMany
from accounts.actions.verify import vouch_for
from anonymity import vault
from anonymity.models import Rate
from forum.actions.ask import ask_as_persona
from forum.actions.reply import give_perspective_as_persona
from forum.models import Persona, Post, Thread
from forum.silence import Muted, Paused
from moderation.actions.silence import lift_pause, mute, pause_author, unmute
from tests import make, typed
from tests.pages import masked

TEXT = "These very words were typed with care, and nobody wants to type them again."
MUTED, PAUSED = "muted you in this thread", "paused your anonymous posting through"


@pytest.fixture
def today():
    return timezone.now()


@pytest.fixture
def bobs(bob) -> Client:
    vouch_for(bob, now=timezone.now())
    return make.signed_in(bob)


@pytest.fixture
def thread(bob, mo, today) -> Thread:
    """Bob's anonymous thread, with a text of his that came back."""
    made = make.thread("published", author=bob, anonymous=True, by=mo, now=today)
    make.post(made, "update", state="returned", by=mo, now=today)
    return made


@pytest.fixture
def persona(thread) -> Persona:
    return make.opener(thread)


@pytest.fixture
def tools(thread, bobs) -> str:
    return re.search(r"/my/anonymous/[0-9a-f]{32}/", bobs.get("/my/anonymous/").content.decode())[0]


@pytest.fixture(params=["muted", "paused"])
def silenced(request, persona, mo, today) -> str:
    """Bob may write nothing in his thread; the words by which he is told."""
    if request.param == "muted":
        mute(persona, by=mo, now=today)
        return MUTED
    pause_author(persona, days=7, by=mo, now=today)
    return PAUSED


def forms_of(thread: Thread, tools: str) -> dict[str, tuple[str, dict]]:
    returned = thread.posts.get(state="returned")
    reply = {"body": TEXT, "id": str(uuid.uuid4())}
    return {
        "clarify": (tools, {**reply, "deed": "clarify"}),
        "update": (tools, {**reply, "deed": "update", "outcomes": ["repaired"]}),
        "revise": (tools, {**reply, "deed": "revise", "post": str(returned.pk), "version": "1"}),
        "perspective": (
            f"/threads/{thread.public_id}/act/perspective/",
            {**reply, "identity": "anonymous"},
        ),
    }


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Post, Persona, Rate)]


@pytest.mark.parametrize("deed", ["clarify", "update", "revise", "perspective"])
def test_every_deed_is_refused_with_its_text_and_without_a_trace(bobs, thread, tools, silenced, deed):
    address, fields = forms_of(thread, tools)[deed]
    before = everything()
    response = bobs.post(address, fields)
    page = response.content.decode()
    assert response.status_code == 403
    assert silenced in page
    assert TEXT in page
    assert everything() == before


@pytest.mark.parametrize("deed", ["clarify", "update", "revise", "perspective"])
def test_the_same_forms_are_taken_once_it_is_over(bobs, thread, tools, persona, silenced, mo, today, deed):
    unmute(persona, by=mo, now=today)
    lift_pause(persona, by=mo, now=today)
    address, fields = forms_of(thread, tools)[deed]
    assert bobs.post(address, fields).status_code == 303
    assert Post.objects.filter(body=TEXT, state="pending").exists()


def test_the_tools_tell_and_offer_no_form_but_withdrawing(bobs, tools, silenced):
    page = bobs.get(tools).content.decode()
    assert silenced in page
    assert 'name="deed"' not in page
    assert "Withdraw this thread" in page
    assert "leave out the name of the gym" in page  # the moderator's note can still be read
    assert bobs.post(f"{tools}withdraw/").status_code == 303


def test_a_muted_persona_can_write_elsewhere(bob, persona, mo, today):
    mute(persona, by=mo, now=today)
    ask_as_persona(make.draft(), account=bob, now=today)


def test_muting_reaches_a_persona_that_only_replied_and_nobody_else(thread, vera, mo, today):
    made = make.post(thread, "perspective", author=vera, anonymous=True, by=mo, now=today)
    mute(made.persona, by=mo, now=today)
    with pytest.raises(Muted):
        give_perspective_as_persona(thread, make.text(), account=vera, now=today)
    other = make.account(is_verified=True)
    give_perspective_as_persona(thread, make.text(), account=other, now=today)


def test_a_form_that_was_sent_before_the_mute_is_not_refused_when_pressed_again(thread, vera, mo, today):
    text = make.text()
    made = give_perspective_as_persona(thread, text, account=vera, now=today)
    mute(made.persona, by=mo, now=today)
    assert give_perspective_as_persona(thread, text, account=vera, now=today) == made


def test_what_waits_from_a_muted_persona_can_still_be_published(thread, persona, mo, today):
    waiting = make.post(thread, "clarification", state="pending", now=today)
    mute(persona, by=mo, now=today)
    make.decide_on(waiting, "published", by=mo, now=today)


def anonymous_choice(page: str) -> str:
    return re.search(r'<input type="radio" name="identity" value="anonymous"[^>]*>', page)[0]


def named_choice(page: str) -> str:
    return re.search(r'<input type="radio" name="identity" value="named"[^>]*>', page)[0]


def test_the_ask_page_marks_the_anonymous_choice_and_chooses_none_for_a_paused_author(
    bobs, persona, mo, today
):
    assert "checked" in anonymous_choice(bobs.get("/ask/").content.decode())
    pause_author(persona, days=7, by=mo, now=today)
    last = (today + timedelta(days=7)).date()
    page = bobs.get("/ask/").content.decode()
    assert f"{PAUSED} {last.day} {last:%B %Y}" in page
    assert "disabled" in anonymous_choice(page)
    # A name that is chosen beforehand would be sent by whoever overlooks it.
    assert "checked" not in anonymous_choice(page) + named_choice(page)
    lift_pause(persona, by=mo, now=today)
    assert PAUSED not in bobs.get("/ask/").content.decode()


def test_asking_anonymously_is_refused_with_the_text_and_works_under_the_name(bobs, persona, mo, today):
    pause_author(persona, days=30, by=mo, now=today)
    form = typed.question(body=TEXT * 3)
    response = bobs.post("/ask/", form)
    page = response.content.decode()
    assert response.status_code == 403
    assert PAUSED in page
    assert TEXT * 3 in page
    assert "disabled" in anonymous_choice(page)
    assert not Thread.objects.filter(pk=form["id"]).exists()
    assert bobs.post("/ask/", {**form, "identity": "named"}).status_code == 303


def test_a_form_without_a_choice_is_not_taken_for_either(bobs, persona, mo, today):
    pause_author(persona, days=30, by=mo, now=today)
    form = typed.question(identity=None)
    assert bobs.post("/ask/", form).status_code == 422
    assert not Thread.objects.filter(pk=form["id"]).exists()


def test_a_pause_and_a_used_up_day_are_told_apart(bob, persona, mo, today, settings):
    settings.THREADS_A_DAY = 0  # which place its thread took is chance, so none may be left
    with pytest.raises(TooMany):
        ask_as_persona(make.draft(), account=bob, now=today)
    pause_author(persona, days=7, by=mo, now=today)
    with pytest.raises(Paused):
        ask_as_persona(make.draft(), account=bob, now=today)


def test_a_vault_out_of_order_breaks_no_ask_page(bobs):
    with mock.patch.object(vault, "paused_until", side_effect=vault.VaultUnavailable):
        page = bobs.get("/ask/")
    assert page.status_code == 200
    assert "disabled" not in anonymous_choice(page.content.decode())


def test_the_vault_itself_fails_as_unavailable(bob, persona):
    with (
        mock.patch("anonymity.pauses.Block.objects.filter", side_effect=DatabaseError),
        pytest.raises(vault.VaultUnavailable),
    ):
        vault.paused_until(bob, timezone.now())


def test_the_page_of_the_thread_is_the_same_bytes_for_whoever_is_silenced(thread, bobs, silenced, vera):
    """T-SAME: only the answer to their own form tells."""
    pages = []
    for client in (bobs, make.browser(vera)):
        page = masked(client.get(thread.get_absolute_url())).decode()
        pages.append(re.sub(r'Bob|Vera|(id="inbox-badge">|data-cursor=")\d*', r"\1", page))
    assert pages[0] == pages[1]
    assert silenced not in pages[0]
