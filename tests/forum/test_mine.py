"""What belongs to the account: lists and tools that nobody else reaches, by name or as persona."""

import re

import pytest
from django.test import Client

from anonymity.models import Rate
from forum.models import Persona, Post, Thread
from tests import make, typed

pytestmark = pytest.mark.embedded

HANDLE = re.compile(r"/my/anonymous/([0-9a-f]{32})/")


def handles(client: Client) -> list[str]:
    return HANDLE.findall(client.get("/my/anonymous/").content.decode())


@pytest.fixture
def alices(alice) -> Client:
    return make.signed_in(alice)


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def tools(request, alice, alices, mia) -> str:
    """The address of Alice's tools for her one published thread."""
    thread = make.thread("published", author=alice, anonymous=request.param, by=mia)
    return f"/my/anonymous/{handles(alices)[0]}/" if request.param else f"/my/threads/{thread.public_id}/"


@pytest.mark.parametrize("state", ["pending", "published", "returned", "declined", "hidden"])
def test_each_list_shows_its_own_threads_and_no_others(alice, bob, alices, mia, state):
    make.thread(state, author=alice, by=mia, title="Under the name of Alice")
    make.thread(state, author=alice, anonymous=True, by=mia, title="As a persona of Alice")
    make.thread(state, author=bob, by=mia, title="Under the name of Bob")
    make.thread(state, author=bob, anonymous=True, by=mia, title="As a persona of Bob")
    named, anonymous = (alices.get(f"/my/{name}/").content.decode() for name in ("threads", "anonymous"))
    assert "Under the name of Alice" in named
    assert "As a persona of Alice" in anonymous
    for page, other in (
        (named, "As a persona"),
        (anonymous, "Under the name"),
        (named + anonymous, "of Bob"),
    ):
        assert other not in page


def test_a_reply_brings_the_thread_into_the_list(alice, published_thread, anonymous_thread, vera):
    veras = make.signed_in(vera)
    make.post(published_thread, "perspective", author=vera, state="pending")
    make.post(anonymous_thread, "perspective", author=vera, anonymous=True, state="pending")
    assert f"/my/threads/{published_thread.public_id}/" in veras.get("/my/threads/").content.decode()
    page = veras.get(f"/my/anonymous/{handles(veras)[0]}/").content.decode()
    assert make.REPLY in page
    assert "Withdraw this thread" not in page
    assert "Say how it turned out" not in page


def test_a_handle_is_of_one_session_and_of_its_owner(alice, carol, alices, mia):
    make.thread("published", author=alice, anonymous=True, by=mia)
    (mine,), (elsewhere,) = handles(alices), handles(make.signed_in(alice))
    assert mine != elsewhere
    persona = Persona.objects.get()
    assert mine not in (persona.pk.hex, str(persona.pk))
    assert persona.pk.hex not in alices.get("/my/anonymous/").content.decode().replace("-", "")
    for client, handle in [
        (make.signed_in(alice), mine),
        (make.signed_in(carol), mine),
        (make.signed_in(mia), mine),
        (alices, "0" * 32),
    ]:
        assert client.get(f"/my/anonymous/{handle}/").status_code == 404
        assert client.post(f"/my/anonymous/{handle}/", typed.reply(deed="clarify")).status_code == 404
        assert client.post(f"/my/anonymous/{handle}/withdraw/").status_code == 404
    assert Thread.objects.get().state == "published"
    assert Post.objects.count() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_tools_of_a_named_thread_open_for_its_author_only(alice, carol, mia, anonymous):
    thread = make.thread("published", author=alice, anonymous=anonymous, by=mia)
    others = [carol, mia] + ([alice] if anonymous else [])
    for account in others:
        client = make.signed_in(account)
        address = f"/my/threads/{thread.public_id}/"
        assert client.get(address).status_code == 404
        assert client.post(address, typed.reply(deed="update")).status_code == 404
        assert client.post(f"{address}withdraw/").status_code == 404
    assert Thread.objects.get().state == "published"
    assert Post.objects.count() == 1


@pytest.mark.parametrize(("deed", "kind"), [("clarify", "clarification"), ("update", "update")])
def test_facts_and_outcomes_are_added_once_however_often_the_form_is_sent(alices, tools, deed, kind):
    form = typed.reply(deed=deed, **({"outcomes": ["repaired"]} if deed == "update" else {}))
    places = Rate.objects.count()
    for _ in range(2):
        assert alices.post(tools, form)["Location"] == "/ask/sent/"
    post = Post.objects.exclude(kind="question").get()
    assert (post.kind, post.state, post.body) == (kind, "pending", make.REPLY)
    assert (post.author is None) == ("anonymous" in tools)
    assert Rate.objects.count() == places + ("anonymous" in tools)


@pytest.mark.parametrize("deed", ["clarify", "update"])
def test_a_faulty_text_comes_back_on_the_page(alices, tools, deed):
    answer = alices.post(tools, typed.reply(deed=deed, body="Too short."))
    assert answer.status_code == 422
    assert "Too short.</textarea>" in answer.content.decode()
    assert "at least 20 characters" in answer.content.decode()


@pytest.mark.parametrize("deed", ["", "publish", "clarify_form"])
def test_there_are_no_other_deeds(alices, tools, deed):
    assert alices.post(tools, typed.reply(deed=deed)).status_code == 404
    assert Post.objects.count() == 1


def test_too_many_replies_of_a_day_keep_the_text(alices, tools, settings):
    settings.REPLIES_A_DAY = 0
    answer = alices.post(tools, typed.reply(deed="clarify", body=f"{make.REPLY} {typed.CANARY}"))
    assert answer.status_code == 429
    assert typed.CANARY in answer.content.decode()


def test_withdrawing_through_the_page(alices, tools):
    assert alices.get(f"{tools}withdraw/").status_code == 405
    answer = alices.post(f"{tools}withdraw/")
    assert answer["Location"] == ("/my/anonymous/" if "anonymous" in tools else "/my/threads/")
    assert Thread.objects.get().state == "withdrawn"
    assert alices.get(tools).status_code == 404
    assert make.TITLE not in alices.get(answer["Location"]).content.decode()


def test_the_author_reads_the_note_of_a_text_that_was_declined(alice, alices, mia):
    make.thread("declined", author=alice, anonymous=True, by=mia)
    page = alices.get(f"/my/anonymous/{handles(alices)[0]}/").content.decode()
    assert "This asks for legal advice" in page
    assert "Send it again" not in page


def test_with_the_vault_out_of_order_the_own_list_says_so(alice, alices, tmp_path, settings):
    settings.ANON_KEYRING_FILE = tmp_path / "gone.json"
    answer = alices.get("/my/anonymous/")
    assert answer.status_code == 503
    assert "just now" in answer.content.decode()
